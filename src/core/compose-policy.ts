// The judgement of a resolved stack, between resolve and plan. Today it refuses what cannot be judged at all.
import type { Problem } from '../model/problem.ts';
import { buildProblems } from './build/read-build.ts';
import { bindsOf, deviceOf, type Json, list, map, type ResolvedModel } from './compose-model.ts';
import { joinInside } from './compose-path.ts';
import { insideOf } from './compose-relocate.ts';
import { problem } from './problem.ts';

export interface PolicyFacts {
  /** The controller's data directory: keys and secrets are there. */
  dataDirectory: string;
  runDirectory: string;
  /** Where this stack runs: below the data directory where the source is git. */
  stackDirectory: string;
  /** Of Compose: older ones take some keys and do nothing about them. */
  composeVersion?: string;
}

/**
 * All services, those behind profiles that are off too. The table of what a source may do to its host belongs here,
 * as an allow-list of keys per level; each refusal says what, why, and how to allow it.
 */
export function judge(model: ResolvedModel, facts: PolicyFacts): Problem[] {
  const services = Object.entries(model.services).flatMap(([name, service]) => [
    ...forgedLabels(`services.${name}`, service),
    ...programs(name, service, facts),
    ...buildProblems(name, service),
    ...binds(name, service, facts),
  ]);
  const parts = (['networks', 'volumes'] as const).flatMap((section) =>
    Object.entries(model[section]).flatMap(([key, part]) => forgedLabels(`${section}.${key}`, part)),
  );
  return [...services, ...parts, ...devices(model, facts)];
}

/** Who carries our labels is removed, healed and counted as ours: nobody else may write them. */
function forgedLabels(at: string, part: Json): Problem[] {
  const sections: [string, Json][] = [
    [`${at}.labels`, map(part.labels)],
    [`${at}.deploy.labels`, map(map(part.deploy).labels)],
    [`${at}.annotations`, map(part.annotations)],
    [`${at}.build.labels`, map(map(part.build).labels)],
  ];
  return sections.flatMap(([place, labels]) =>
    Object.keys(labels)
      .filter((key) => key.toLowerCase().trim().startsWith('tinyforge.'))
      .map((key) =>
        refused('ForgedLabel', `${place}.${key.slice(0, 60)}`, {
          why: 'labels beginning with `tinyforge.` say whose a container is, and only Tinyforge writes them.',
          how: 'Take the label away.',
        }),
      ),
  );
}

function programs(name: string, service: Json, { composeVersion = '' }: PolicyFacts): Problem[] {
  const found: Problem[] = [];
  if (service.provider !== undefined && service.provider !== null) {
    found.push(
      refused('ProviderRefused', `services.${name}.provider`, {
        why: 'Compose would start a program on the controller, with all its rights.',
        how: 'Run what the provider makes as a service or outside of this stack.',
      }),
    );
  }
  if (service.use_api_socket === true) {
    found.push(
      refused('EngineSocketRefused', `services.${name}.use_api_socket`, {
        why: "the engine's socket is root on this host.",
        how: 'Take it away, or bind a filtered socket by a path of your own.',
      }),
    );
  }
  // Compose before 2.30 takes them and does nothing (seen on 2.26); and what we start or stop ourselves has none.
  for (const key of ['post_start', 'pre_stop', 'pre_start']) {
    if (list(service[key]).length === 0) continue;
    found.push(
      refused('HookRefused', `services.${name}.${key}`, {
        why: 'it would not be run each time, for not only Compose starts and stops containers here.',
        how: 'Put it into the command of the image, or into a job that others wait for.',
      }),
    );
  }
  if (list(service.gpus).length > 0 && isOlder(composeVersion, [2, 30])) {
    found.push(
      refused('GpusRefused', `services.${name}.gpus`, {
        why: `Compose ${composeVersion} takes this key and gives no device (2.30 does).`,
        how: 'Write `deploy.resources.reservations.devices`, which every Compose knows.',
      }),
    );
  }
  if (service.models !== undefined && service.models !== null) {
    found.push(
      refused('ModelsRefused', `services.${name}.models`, {
        why: 'Compose would start a model beside the containers, which nobody here watches or stops.',
        how: 'Run what serves the model as a service, and name its address in `environment`.',
      }),
    );
  }
  return found;
}

function binds(name: string, service: Json, facts: PolicyFacts): Problem[] {
  return bindsOf(name, service)
    .filter(({ source }) => touchesOurs(source, facts))
    .map(({ at, source }) => ourFolder(at, source));
}

/** `driver_opts` with a device is a bind in disguise. */
function devices(model: ResolvedModel, facts: PolicyFacts): Problem[] {
  return Object.entries(model.volumes).flatMap(([key, volume]) => {
    const at = `volumes.${key}.driver_opts.device`;
    const device = deviceOf(volume);
    if (device === null) return [];
    if (device.startsWith('/')) return touchesOurs(device, facts) ? [ourFolder(at, device)] : [];
    // Compose makes it absolute only where `driver: local` is written out.
    const why = `"${device.slice(0, 60)}" is relative to wherever the engine was started.`;
    const how = 'Write an absolute path, or `driver: local` beside it.';
    return device.startsWith('.') ? [refused('PathOutsideTree', at, { why, how })] : [];
  });
}

/**
 * True for what lies in one of our folders. A folder that holds ours (`/var`) is for the table to judge: people bind
 * such folders read-only for their monitoring, and know what they do.
 */
function touchesOurs(source: string, { dataDirectory, runDirectory, stackDirectory }: PolicyFacts): boolean {
  const path = joinInside('', source) ?? '';
  const isOwn = isInside(stackDirectory, path) && !isInside(stackDirectory, dataDirectory);
  return !isOwn && (isInside(dataDirectory, path) || isInside(runDirectory, path));
}

function isInside(folder: string, path: string): boolean {
  return insideOf(joinInside('', folder) ?? '', joinInside('', path) ?? '') !== null;
}

function ourFolder(at: string, source: string): Problem {
  return refused('BindsOurFolder', at, {
    why: `"${source.slice(0, 60)}" holds Tinyforge's own keys and secrets.`,
    how: 'Bind a folder that is not Tinyforge’s.',
  });
}

function refused(reason: string, at: string, { why, how }: { why: string; how: string }): Problem {
  return problem({ reason, message: `${at}: ${why}`, hint: how, path: at });
}

function isOlder(version: string, than: readonly [number, number]): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined) return false;
  return Number(major) < than[0] || (Number(major) === than[0] && Number(minor) < than[1]);
}
