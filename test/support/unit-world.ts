// The plainest world of a unit, on an engine that answers, and one of its containers of the version before.
import type { Desired } from '../../src/model/desired.ts';
import type { ObservedContainer } from '../../src/model/observed.ts';
import type { UnitWorld } from '../../src/model/world.ts';
import { stranger } from './worlds.ts';

/** Of the version that is to be replaced. */
const OLD = 'old0old0old0';

/** Nothing runs, nothing is known and nothing was ever applied, but for what the change says. */
export function unitWorld<D extends Desired>(
  desired: D,
  change: Partial<Omit<UnitWorld<D>, 'host'>> & { host?: Partial<UnitWorld['host']> } = {},
): UnitWorld<D> {
  const { host, mine = [], ...rest } = change;
  return {
    nowMs: 1_000,
    controller: 'default',
    desired,
    host: { host: 'local', reachable: true, containers: mine, networks: [], volumes: [], ...host },
    mine,
    answers: new Map(),
    quarantine: [],
    memory: new Set(),
    probes: new Map(),
    proven: new Set(),
    lastApplied: null,
    kept: { specHashes: [], most: 1 },
    hold: null,
    pin: null,
    reach: 'network',
    proxy: null,
    ...rest,
  };
}

/** A container of `shop/prod`, of the version before unless the change says otherwise. */
export function ofShop(
  name: string,
  {
    ours,
    ...change
  }: Partial<Omit<ObservedContainer, 'ours'>> & { ours?: Partial<ObservedContainer['ours']> } = {},
): ObservedContainer {
  return {
    ...stranger(name),
    ...change,
    ours: {
      controller: 'default',
      unit: 'shop/prod',
      workloadId: 'project.shop',
      kind: 'project',
      role: 'prod',
      replica: 1,
      specHash: OLD,
      imageDigest: '',
      release: '0',
      ...ours,
    },
  };
}
