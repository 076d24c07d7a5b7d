// Reads one level of a project, its top or one of its stages, into a part with units.
import { namedImage } from '../../core/catalog-image.ts';
import { readCommon } from '../../core/catalog-unit.ts';
import { durationMs } from '../../core/compose-values.ts';
import { given, namedTexts } from '../../core/compose-values-named.ts';
import { sourcePath } from '../../core/compose-values-paths.ts';
import { shellWords } from '../../core/compose-values-words.ts';
import { readFiles, readMounts, readPorts } from './read-attachments.ts';
import { readHealth } from './read-health.ts';
import { readLimits } from './read-limits.ts';
import type { Level, ServicePart } from './read-part.ts';
import { readStrategy } from './read-strategy.ts';
import type { StageManifest } from './schema.ts';

export function readLevel(stage: StageManifest, level: Level): ServicePart {
  const { path, report } = level;
  const duration = (key: 'drain' | 'stop_grace_period') =>
    stage[key] === undefined ? undefined : report.take([...path, key], durationMs(stage[key]));
  const words = (key: 'command' | 'entrypoint') => {
    const written = stage[key];
    if (written === undefined) return undefined;
    return typeof written === 'string' ? report.take([...path, key], shellWords(written)) : written;
  };
  const rest = Object.assign(readCommon(stage, level), readLimits(stage, level), readStrategy(stage, level));
  // Put together last: in one literal of fifty keys, each of the absent ones would be written, and looked at again.
  const own = given<ServicePart>({
    image: stage.image === undefined ? undefined : report.take([...path, 'image'], namedImage(stage.image)),
    tag: stage.tag,
    digest: stage.digest,
    follow: stage.policy?.follow,
    replicas: stage.replicas,
    sharedVolumes: stage.shared_volumes,
    drainMs: duration('drain'),
    probationMs: readProbation(stage, level),
    envFiles: readEnvFiles(stage, level),
    command: words('command'),
    entrypoint: words('entrypoint'),
    environment: namedTexts(stage.environment, { ...level, path: [...path, 'environment'] }),
    labels: readLabels(stage, level),
    user: stage.user === undefined ? undefined : `${stage.user}`,
    workingDir: stage.working_dir,
    hostname: stage.hostname,
    ports: readPorts(stage, level),
    expose: stage.expose?.map((port) => Number.parseInt(`${port}`, 10)),
    mounts: readMounts(stage, level),
    files: readFiles(stage, level),
    networks: Array.isArray(stage.networks) ? stage.networks : stage.networks && Object.keys(stage.networks),
    networkMode: stage.network_mode,
    health: stage.healthcheck && readHealth(stage.healthcheck, { ...level, path: [...path, 'healthcheck'] }),
    stopSignal: stage.stop_signal,
    stopGraceMs: duration('stop_grace_period'),
  });
  return Object.assign(rest, own);
}

function readProbation({ deploy }: StageManifest, { path, report }: Level): number | undefined {
  const monitor = deploy?.update_config?.monitor;
  if (monitor === undefined) return undefined;
  return report.take([...path, 'deploy', 'update_config', 'monitor'], durationMs(monitor));
}

function readEnvFiles(stage: StageManifest, { path, base, report }: Level): string[] | undefined {
  if (stage.env_file === undefined) return undefined;
  const isOne = typeof stage.env_file === 'string';
  const files = typeof stage.env_file === 'string' ? [stage.env_file] : stage.env_file;
  return files.flatMap((file, index) => {
    const at = isOne ? [...path, 'env_file'] : [...path, 'env_file', index];
    return report.take(at, sourcePath(file, base.folder)) ?? [];
  });
}

function readLabels(stage: StageManifest, level: Level): Record<string, string> | undefined {
  const labels = namedTexts(stage.labels, { ...level, path: [...level.path, 'labels'] });
  for (const name of Object.keys(labels ?? {})) {
    if (!/^(tinyforge|com\.docker\.compose)\./.test(name)) continue;
    const message = `Labels that begin with \`${name.startsWith('t') ? 'tinyforge.' : 'com.docker.compose.'}\` say who a container belongs to.`;
    level.report.add([...level.path, 'labels', name], {
      reason: 'NotAllowed',
      message,
      hint: 'choose another name',
    });
  }
  return labels;
}
