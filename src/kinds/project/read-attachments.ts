// Reads what is put into a container or leads into it: ports, mounts, secrets and small files.
import { mountOf } from '../../core/compose-values-mounts.ts';
import { portBindings } from '../../core/compose-values-ports.ts';
import type { InjectedFile, Mount, PortBinding } from '../../model/container-spec.ts';
import type { Level } from './read-part.ts';
import type { StageManifest } from './schema.ts';

export function readPorts({ ports }: StageManifest, { path, report }: Level): PortBinding[] | undefined {
  return ports?.flatMap((port, index) => report.take([...path, 'ports', index], portBindings(port)) ?? []);
}

export function readMounts(stage: StageManifest, level: Level): Mount[] | undefined {
  const { path, base, report } = level;
  if (stage.volumes === undefined && stage.tmpfs === undefined) return undefined;
  const volumes = (stage.volumes ?? []).flatMap(
    (volume, index) => report.take([...path, 'volumes', index], mountOf(volume, base)) ?? [],
  );
  const written = stage.tmpfs ?? [];
  const tmpfs = (typeof written === 'string' ? [written] : written).flatMap((target, index): Mount[] => {
    if (/^\/[^:]*$/.test(target)) return [{ type: 'tmpfs', source: '', target, readOnly: false }];
    report.add(typeof written === 'string' ? [...path, 'tmpfs'] : [...path, 'tmpfs', index], {
      reason: 'BadPath',
      message: 'A tmpfs is an absolute path inside the container; options are not in this version yet.',
      hint: 'for example `tmpfs: /run`',
    });
    return [];
  });
  return [...volumes, ...tmpfs];
}

/** Secrets stay references until the container is made. */
export function readFiles(stage: StageManifest, { path, report }: Level): InjectedFile[] | undefined {
  if (stage.secrets === undefined && stage.configs === undefined) return undefined;
  const secrets = (stage.secrets ?? []).flatMap((secret, index): InjectedFile[] => {
    const {
      source,
      target = source,
      mode = '0444',
    } = typeof secret === 'string' ? { source: secret } : secret;
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(source) || target.split('/').includes('..')) {
      report.add([...path, 'secrets', index], {
        reason: 'BadFormat',
        message: 'A secret is named by letters, digits, dots, hyphens and underscores.',
        hint: 'for example `secrets: [shop-db]`, which is the file /run/secrets/shop-db in the container',
      });
      return [];
    }
    const file = target.startsWith('/') ? target : `/run/secrets/${target}`;
    return [{ target: file, content: `\${secret:${source}}`, mode: Number.parseInt(mode, 8) }];
  });
  const configs = (stage.configs ?? []).flatMap(
    ({ target, content, mode = '0444' }, index): InjectedFile[] => {
      if (/^\/.*[^/]$/.test(target) && !target.split('/').includes('..')) {
        return [{ target, content, mode: Number.parseInt(mode, 8) }];
      }
      report.add([...path, 'configs', index, 'target'], {
        reason: 'BadPath',
        message: 'The place of a config is an absolute path inside the container.',
        hint: 'for example `target: /etc/app.conf`',
      });
      return [];
    },
  );
  return [...secrets, ...configs];
}
