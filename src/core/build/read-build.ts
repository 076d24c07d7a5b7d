// What a service of a stack says under `build`: what is taken, what is refused, what is passed over.
import type { Problem } from '../../model/problem.ts';
import { isJson, type Json, list, map, text, undoubled } from '../compose-model.ts';
import { byteCount } from '../compose-values.ts';
import { problem } from '../problem.ts';

export interface BuildWish {
  /** Absolute. */
  context: string;
  /** Relative to the context, or absolute. */
  dockerfile: string;
  /** Its text, where the Compose file has it; then no file is read. */
  inline: string | null;
  args: Record<string, string>;
  labels: Record<string, string>;
  target: string | null;
  network: 'default' | 'none';
  platform: string | null;
  shmSizeBytes: number | null;
  noCache: boolean;
  /** Further names of the image, beside `image`. */
  tags: string[];
}

/** Null for a service that is not built. Call it on what `buildProblems` had nothing against. */
export function readBuild(service: Json): BuildWish | null {
  if (!isJson(service.build)) return null;
  const { build } = service;
  const shmSize = build.shm_size;
  const bytes = typeof shmSize === 'number' || typeof shmSize === 'string' ? byteCount(shmSize) : null;
  return {
    context: undoubled(text(build.context) ?? ''),
    dockerfile: undoubled(text(build.dockerfile) ?? 'Dockerfile'),
    inline: text(build.dockerfile_inline) === null ? null : undoubled(text(build.dockerfile_inline) ?? ''),
    args: texts(build.args),
    labels: texts(build.labels),
    target: text(build.target) || null,
    network: text(build.network) === 'none' ? 'none' : 'default',
    platform: text(list(build.platforms)[0]) ?? text(service.platform),
    shmSizeBytes: bytes?.ok ? bytes.value : null,
    noCache: build.no_cache === true,
    tags: list(build.tags).flatMap((tag) => text(tag) ?? []),
  };
}

function texts(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map(value)).flatMap(([key, one]) =>
      one === null || one === undefined || isJson(one) ? [] : [[key, undoubled(String(one))]],
    ),
  );
}

const TAKEN: ReadonlySet<string> = new Set([
  ...['context', 'dockerfile', 'dockerfile_inline', 'args', 'labels', 'target', 'network'],
  ...['platforms', 'shm_size', 'no_cache', 'tags'],
]);
/** Where it is brought from and where it is kept makes no other image. */
const PASSED_OVER: ReadonlySet<string> = new Set(['cache_from', 'cache_to', 'pull', 'provenance', 'sbom']);

const REFUSED: Readonly<Record<string, { why: string; how: string }>> = {
  privileged: {
    why: 'a privileged build is root on this host.',
    how: 'Take it away.',
  },
  entitlements: {
    why: 'they would give the build rights on this host.',
    how: 'Take them away.',
  },
  ssh: {
    why: 'a build here gets no key of anybody.',
    how: 'Commit what it fetches, or build and push the image elsewhere.',
  },
  secrets: {
    why: "only BuildKit gives a build secrets that do not stay in the image, and images are built here by the engine's own builder.",
    how: 'Take what needs the secret out of the build: services are given theirs when they start.',
  },
  additional_contexts: {
    why: "only BuildKit takes more than one context, and images are built here by the engine's own builder.",
    how: 'Put what is needed into the one context, or name an image in `COPY --from=`.',
  },
  extra_hosts: {
    why: 'other names for hosts could lead a build anywhere.',
    how: 'Take them away.',
  },
};

/** All services, those behind profiles that are off too. */
export function buildProblems(name: string, service: Json): Problem[] {
  if (service.build === undefined || service.build === null) return [];
  const at = `services.${name}.build`;
  if (!isJson(service.build)) return [refused(at, NOT_READ)];
  const { build } = service;
  const keys = Object.entries(build).flatMap(([key, value]): Problem[] => {
    if (!isSaid(value) || TAKEN.has(key) || PASSED_OVER.has(key)) return [];
    const known = Object.hasOwn(REFUSED, key) ? REFUSED[key] : undefined;
    return [refused(`${at}.${key.slice(0, 60)}`, known ?? NOT_KNOWN)];
  });
  const network = text(build.network);
  if (network !== null && !/^(?:|default|bridge|none)$/.test(network))
    keys.push(refused(`${at}.network`, NETWORK));
  if (list(build.platforms).length > 1) keys.push(refused(`${at}.platforms`, PLATFORMS));
  return keys;
}

/** Told, and nothing is missing by it. */
export function buildNotices(name: string, service: Json): Problem[] {
  const keys = Object.entries(map(service.build)).flatMap(([key, value]) =>
    PASSED_OVER.has(key) && isSaid(value) ? key : [],
  );
  if (keys.length === 0) return [];
  return [
    problem({
      severity: 'info',
      reason: 'SettingPassedOver',
      message: `services.${name}.build: ${keys.sort().join(', ')} ${keys.length === 1 ? 'is' : 'are'} passed over: the same content is built once, and by the engine's own cache.`,
      hint: 'Nothing to do.',
    }),
  ];
}

function isSaid(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return false;
  return Array.isArray(value) ? value.length > 0 : !isJson(value) || Object.keys(value).length > 0;
}

const NOT_READ = {
  why: 'this is no description of a build.',
  how: 'Write `build: .`, or `build: { context: . }`.',
};
const NOT_KNOWN = {
  why: 'Compose knows this key, Tinyforge does not, and does not build what it cannot judge.',
  how: 'Take it away, or build and push the image elsewhere and name it under `image`.',
};
const NETWORK = {
  why: 'a build gets the network that the engine gives by itself, or none: on another one it would reach what is not for it.',
  how: 'Write `network: none`, or take it away.',
};
const PLATFORMS = {
  why: 'an image is built here for the one platform of its engine.',
  how: 'Name one platform, or none.',
};

function refused(at: string, { why, how }: { why: string; how: string }): Problem {
  return problem({ reason: 'BuildRefused', message: `${at}: ${why}`, hint: how, path: at });
}
