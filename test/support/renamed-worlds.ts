// Worlds of a workload that was renamed: its earlier generation carries the former name, and so may its network and its route.
import fc from 'fast-check';
import { specHash } from '../../src/core/spec-hash.ts';
import { siteSpec } from '../../src/kinds/site/web-server.ts';
import type { Desired } from '../../src/model/desired.ts';
import type { ObservedContainer, ObservedNetwork } from '../../src/model/observed.ts';
import type { RoutesWorld, UnitWorld } from '../../src/model/world.ts';
import { publishedSpec, treeOf } from './goal.ts';
import { projectWorlds, siteWorlds, stackWorlds } from './worlds.ts';

/** What it was called. */
export const FORMER = 'mall';
const OLD = 'old0old0old0';

interface Facts {
  isRecorded: boolean;
  isRouteTaken: boolean;
  isNetworkThere: boolean;
}

const facts: fc.Arbitrary<Facts> = fc.record({
  isRecorded: fc.boolean(),
  isRouteTaken: fc.boolean(),
  isNetworkThere: fc.boolean(),
});

/** Projects, sites and stacks, each in any state that a rename can be found in. */
export function renamedWorlds(): [string, fc.Arbitrary<UnitWorld>][] {
  return [
    ['renamed project', generations(projectWorlds() as fc.Arbitrary<UnitWorld>)],
    ['renamed site', generations(siteWorlds() as fc.Arbitrary<UnitWorld>)],
    ['renamed stack', fc.tuple(stackWorlds() as fc.Arbitrary<UnitWorld>, facts).map(renamedStack)],
  ];
}

function generations(worlds: fc.Arbitrary<UnitWorld>): fc.Arbitrary<UnitWorld> {
  return fc.tuple(worlds, facts).map(renamedGenerations);
}

/** Nothing of what runs is another: Compose's names stay. */
function renamedStack([world, seen]: [UnitWorld, Facts]): UnitWorld {
  const desired = { ...world.desired, renamedFrom: FORMER, home: FORMER } as Desired;
  return {
    ...world,
    desired,
    renaming: renamingOf({ ...world, desired }, seen),
    proxy: routesOf(world.proxy, seen),
  };
}

function renamedGenerations([world, seen]: [UnitWorld, Facts]): UnitWorld {
  const stem = world.desired.kind === 'site' ? world.desired.name : 'shop-prod';
  const before = stem.replace(world.desired.name, FORMER);
  const wasWanted = hashOf(world, world.desired);
  const desired: Desired = { ...world.desired, renamedFrom: FORMER };
  const wanted = hashOf(world, desired);
  const put = <T>(value: T): T => renamedIn(value, { wasWanted, wanted, stem, before });
  const containers = put(world.host.containers).map((one) =>
    madeBefore(one, { stem, before, name: desired.name }),
  );
  const mine = new Set(world.mine.map(({ id }) => put(id)));
  const asItWas = wasOf(world.desired);
  const applied = put(world.lastApplied);
  const hold = put(world.hold);
  const changed: UnitWorld = {
    ...world,
    desired,
    host: {
      ...world.host,
      containers,
      networks: [...world.host.networks, ...(needsNetwork(containers, seen) ? [network(desired)] : [])],
    },
    mine: containers.filter(({ id }) => mine.has(id)),
    quarantine: put(world.quarantine),
    kept: put(world.kept),
    proven: new Set(put([...world.proven])),
    probes: new Map(put([...world.probes])),
    memory: new Set(put([...world.memory])),
    lastApplied:
      applied === null ? null : { ...applied, desired: applied.specHash === wanted ? desired : asItWas },
    hold: hold === null ? null : { ...hold, desired: asItWas },
    proxy: routesOf(world.proxy === null ? null : { ...put(world.proxy), leads: world.proxy.leads }, seen),
  };
  return { ...changed, renaming: renamingOf(changed, seen) };
}

function renamingOf(
  { lastApplied, desired }: UnitWorld,
  { isRecorded }: Facts,
): NonNullable<UnitWorld['renaming']> | null {
  if (!isRecorded) return { from: FORMER, isRecorded };
  return lastApplied === null || lastApplied.desired.name === desired.name
    ? null
    : { from: FORMER, isRecorded };
}

function routesOf(proxy: RoutesWorld | null, { isRouteTaken }: Facts): RoutesWorld | null {
  if (proxy === null || isRouteTaken) return proxy;
  const routes = proxy.routes.map((route) => (route.id === null ? route : { ...route, writtenAs: FORMER }));
  return { ...proxy, routes };
}

/** As it was applied, under the name that it had then. */
function wasOf(desired: Desired): Desired {
  if (desired.kind !== 'project') return { ...desired, name: FORMER };
  return { ...desired, name: FORMER, spec: { ...desired.spec, networks: [FORMER] } };
}

function madeBefore(
  container: ObservedContainer,
  { stem, before, name }: { stem: string; before: string; name: string },
): ObservedContainer {
  if (container.ours?.specHash !== OLD) return container;
  const { [name]: own, ...others } = container.networks;
  const aliases = own?.aliases?.map((alias) => (alias === stem ? before : alias)) ?? null;
  const networkId = own?.networkId === 'gone' || own?.networkId === '' ? own.networkId : 'mall-network';
  return {
    ...container,
    networks: { ...others, ...(own === undefined ? {} : { [FORMER]: { ...own, aliases, networkId } }) },
  };
}

/** Nobody that runs is on a network that is gone. */
function needsNetwork(containers: readonly ObservedContainer[], { isNetworkThere }: Facts): boolean {
  return isNetworkThere || containers.some(({ networks }) => networks[FORMER] !== undefined);
}

function network({ workloadId }: Desired): ObservedNetwork {
  return {
    id: 'mall-network',
    name: FORMER,
    controller: 'default',
    workloadId,
    composeProject: null,
    gateway: null,
  };
}

/** The wanted generation is another by its former name, and the one before was called after it. */
function renamedIn<T>(
  value: T,
  { wasWanted, wanted, stem, before }: { wasWanted: string; wanted: string; stem: string; before: string },
): T {
  const text = JSON.stringify(value)
    .replaceAll(wasWanted, wanted)
    .replaceAll(`${stem}-${wasWanted.slice(0, 6)}`, `${stem}-${wanted.slice(0, 6)}`)
    .replaceAll(`${stem}-${OLD.slice(0, 6)}`, `${before}-${OLD.slice(0, 6)}`);
  return JSON.parse(text) as T;
}

function hashOf(world: UnitWorld, desired: Desired): string {
  if (desired.kind === 'project')
    return specHash(publishedSpec(desired.spec, world), {}, desired.renamedFrom);
  if (desired.kind !== 'site') throw new Error('it has no generation of containers');
  return specHash(publishedSpec(siteSpec(desired, treeOf(desired)), world, 80), {}, desired.renamedFrom);
}
