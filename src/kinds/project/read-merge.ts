// Merges a stage over its project as Compose merges an override file: maps merge, lists append, some by target.
import { mergeTls } from '../../core/route/read-tls.ts';
import type { HealthPart, ServicePart } from './read-part.ts';

type Merge = { [K in keyof ServicePart]-?: (base: Given<K>, over: Given<K>) => Given<K> };
type Given<K extends keyof ServicePart> = NonNullable<ServicePart[K]>;

const replace = <T>(_: T, over: T): T => over;
const append = <T>(base: T[], over: T[]): T[] => [...new Set([...base, ...over])];
const byName = <T extends object>(base: T, over: T): T => ({ ...base, ...over });

/** The later one takes the place of an earlier one with the same key; new ones come last. */
function byKey<T>(keyOf: (item: T) => string): (base: T[], over: T[]) => T[] {
  return (base, over) => {
    const replaced = new Set(over.map(keyOf));
    return [...base.filter((item) => !replaced.has(keyOf(item))), ...over];
  };
}

/** Facts: Compose file reference, "Merge". Ports go by their container port, so that a stage can move them. */
const MERGE: Merge = {
  image: replace,
  tag: replace,
  digest: replace,
  follow: replace,
  replicas: replace,
  strategy: replace,
  canary: replace,
  canaryMetrics: replace,
  sharedVolumes: replace,
  drainMs: replace,
  probationMs: replace,
  host: replace,
  state: replace,
  suspend: replace,
  prune: replace,
  adopt: replace,
  dependsOn: append,
  domains: append,
  subdomain: replace,
  port: replace,
  scheme: replace,
  tls: mergeTls,
  options: byName,
  retry: byName,
  envFiles: append,
  command: replace,
  entrypoint: replace,
  environment: byName,
  labels: byName,
  user: replace,
  workingDir: replace,
  hostname: replace,
  ports: byKey((port) => `${port.target}/${port.protocol}`),
  expose: append,
  mounts: byKey((mount) => mount.target),
  files: byKey((file) => file.target),
  networks: append,
  networkMode: replace,
  health: mergeHealth,
  restart: replace,
  stopSignal: replace,
  stopGraceMs: replace,
  resources: byName,
  capAdd: append,
  capDrop: append,
  securityOpt: append,
  groupAdd: append,
  devices: append,
  extraHosts: append,
  dns: append,
  readOnly: replace,
  init: replace,
  privileged: replace,
  pid: replace,
  ipc: replace,
  shmSizeBytes: replace,
  ulimits: byName,
  sysctls: byName,
  logging: (base, over) => {
    // Options belong to their driver: those of another one mean nothing.
    const isOther = over.driver !== undefined && over.driver !== base.driver;
    return isOther ? over : { ...base, ...over, options: { ...base.options, ...over.options } };
  },
};

export function mergeParts(base: ServicePart, over: ServicePart): ServicePart {
  const merged: ServicePart = { ...base, ...over };
  for (const key of Object.keys(over) as (keyof ServicePart)[]) mergeKey(merged, key, { base, over });
  // What the stage says about the version is all that counts: a digest of the project would win over its tag.
  if (over.tag !== undefined && over.digest === undefined) {
    delete merged.digest;
    if (merged.image !== undefined) merged.image = { ...merged.image, digest: null };
  }
  if (over.image !== undefined && (over.image.tag ?? over.image.digest) !== null) {
    if (over.tag === undefined) delete merged.tag;
    if (over.digest === undefined) delete merged.digest;
  }
  // A stage that chooses its networks leaves a mode of the project behind, and the other way round.
  if (over.networks !== undefined && over.networkMode === undefined) delete merged.networkMode;
  if (over.networkMode !== undefined && over.networks === undefined) delete merged.networks;
  return merged;
}

function mergeKey<K extends keyof ServicePart>(
  merged: ServicePart,
  key: K,
  { base, over }: { base: ServicePart; over: ServicePart },
): void {
  const below = base[key];
  const above = over[key];
  if (below !== undefined && above !== undefined) {
    const merge = MERGE[key] as (base: unknown, over: unknown) => Given<K>;
    merged[key] = merge(below, above);
  }
}

/** There is one way to check: that of the stage, if it names one. */
function mergeHealth(base: HealthPart, over: HealthPart): HealthPart {
  return { ...base, ...over, timing: { ...base.timing, ...over.timing } };
}
