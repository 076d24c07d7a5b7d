// What really runs: one list per engine, indexed by unit. An engine that is away is unknown, not empty.
import type { Desired } from '../model/desired.ts';
import type { ObservedContainer, ObservedHost } from '../model/observed.ts';
import type { EngineDeps } from './deps.ts';

export interface Observation extends ObservedHost {
  byUnit: ReadonlyMap<string, ObservedContainer[]>;
  error: Error | null;
}

export async function observeAll(deps: Pick<EngineDeps, 'runtimes'>): Promise<Map<string, Observation>> {
  const entries = await Promise.all([...deps.runtimes.keys()].map((host) => observe(deps, host)));
  return new Map(entries.map((entry) => [entry.host, entry]));
}

/** Never rejects: an error makes the engine unreachable for this look. */
export async function observe(
  { runtimes }: Pick<EngineDeps, 'runtimes'>,
  host: string,
): Promise<Observation> {
  const runtime = runtimes.get(host);
  if (runtime === undefined) return away(host, new Error(`no engine is called ${host}`));
  try {
    const [containers, networks, volumes] = await Promise.all([
      runtime.listContainers(),
      runtime.listNetworks(),
      runtime.listVolumes(),
    ]);
    return {
      host,
      reachable: true,
      containers,
      networks,
      volumes,
      byUnit: indexByUnit(containers),
      error: null,
    };
  } catch (error) {
    return away(host, error instanceof Error ? error : new Error(String(error)));
  }
}

/** What a unit is planned from. A stand-alone route has nothing on an engine, and waits for none. */
export function isKnown({ kind }: Pick<Desired, 'kind'>, observation: Observation): boolean {
  return observation.reachable || kind === 'proxy';
}

function away(host: string, error: Error): Observation {
  return { host, reachable: false, containers: [], networks: [], volumes: [], byUnit: new Map(), error };
}

function indexByUnit(containers: readonly ObservedContainer[]): Map<string, ObservedContainer[]> {
  const byUnit = new Map<string, ObservedContainer[]>();
  for (const container of containers) {
    if (container.ours === null) continue;
    const list = byUnit.get(container.ours.unit);
    if (list === undefined) byUnit.set(container.ours.unit, [container]);
    else list.push(container);
  }
  return byUnit;
}
