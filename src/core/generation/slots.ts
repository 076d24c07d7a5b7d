// Sorts a unit's observed containers into what they are to the wanted generation. Makes no choice about them.
import type { ObservedContainer, ObservedEndpoint } from '../../model/observed.ts';
import type { UnitWorld } from '../../model/world.ts';
import { type Wellness, wellness } from './container-health.ts';
import { aliasesOn, FAILED_SUFFIX, nameOf, type Wanted } from './wanted.ts';

export interface Slot {
  replica: number;
  /** The name it has or will have; what actions call it. */
  name: string;
  container: ObservedContainer | null;
  wellness: Wellness | null;
  /** Networks of the spec that it does not carry with the alias. */
  unaliased: string[];
  /** Those of them that it is not on: taken off, or bound to a network that is gone. */
  cutOff: string[];
  /** Others that are gone and that it is bound to still: the engine refuses to start it. */
  stale: string[];
}

export interface Slots {
  slots: Slot[];
  /** Of the wanted generation, but one too many (scaled down, or a double). */
  extras: ObservedContainer[];
  /** Of other generations: running (they may serve) or stopped (a fallback). */
  others: ObservedContainer[];
  /** The wanted generation is the one that last converged: stopped ones of others are no roll-out any more. */
  settled: boolean;
  /** Those of `others` that then stand by for a rollback. */
  kept: ReadonlySet<ObservedContainer>;
  /** Kept for their logs. */
  failed: ObservedContainer[];
  /** Of the wanted generation, but past use: to be removed and made again. */
  broken: ObservedContainer[];
}

export function sortSlots(
  wanted: Wanted,
  world: Pick<UnitWorld, 'mine' | 'memory' | 'probes' | 'host' | 'kept' | 'lastApplied'>,
): Slots {
  const settled = world.lastApplied?.specHash === wanted.specHash;
  const result: Slots = {
    slots: [],
    extras: [],
    others: [],
    settled,
    kept: new Set(),
    failed: [],
    broken: [],
  };
  const candidates: ObservedContainer[] = [];
  // A fixed order, so that the order of the engine's list decides nothing.
  for (const container of [...world.mine].sort(byAge)) {
    if (container.state === 'removing') continue;
    if (container.name.endsWith(FAILED_SUFFIX)) result.failed.push(container);
    else if (container.ours?.specHash !== wanted.specHash) result.others.push(container);
    else candidates.push(container);
  }
  const taken = new Set<ObservedContainer>();
  for (let replica = 1; replica <= wanted.replicas; replica++) {
    const name = nameOf(wanted, replica);
    const own = candidates
      .filter((candidate) => candidate.ours?.replica === replica)
      .sort(byWorth(name, wanted, world));
    // A dead one cannot be started any more.
    const container = own.find((candidate) => candidate.state !== 'dead') ?? null;
    // Only what must make room, as a container or by its name, is broken; a double is an extra, whatever its state.
    const inTheWay = own.filter(
      (candidate) => candidate !== container && (container === null || candidate.name === name),
    );
    result.broken.push(...inTheWay);
    for (const candidate of [container, ...inTheWay]) if (candidate) taken.add(candidate);
    const well = container && wellness(container, wanted.spec.health, wanted.spec.restart.name, world);
    // Of one that has done its work no network matters any more.
    const seen = well === 'ended' ? ON_ALL : networksOf(container, wanted, world);
    result.slots.push({ replica, name, container, wellness: well, ...seen });
  }
  result.extras = candidates.filter((candidate) => !taken.has(candidate));
  if (settled) {
    const hashes = keptHashes(wanted, world);
    result.kept = new Set(result.others.filter(({ ours }) => hashes.has(ours?.specHash ?? '')));
  }
  return result;
}

/** Generations beside the wanted one whose containers stay, stopped, to roll back to. */
export function keptHashes(
  { specHash }: Pick<Wanted, 'specHash'>,
  { kept }: Pick<UnitWorld, 'kept'>,
): ReadonlySet<string> {
  const beside = kept.specHashes.filter((hash) => hash !== specHash);
  return new Set(beside.slice(0, Math.max(0, kept.most - 1)));
}

/**
 * A running one is preferred to a double that is not, then the one with clients, then the one with the name, then the
 * older. Of those that are down the alias says nothing: it is taken from the chosen one before its start.
 */
function byWorth(
  name: string,
  wanted: Wanted,
  world: Pick<UnitWorld, 'host'>,
): (a: ObservedContainer, b: ObservedContainer) => number {
  const lacking = (container: ObservedContainer): number => {
    const { unaliased, cutOff } = networksOf(container, wanted, world);
    return (isUp(container) ? unaliased : cutOff).length === 0 ? 0 : 1;
  };
  const named = (container: ObservedContainer): number => (container.name === name ? 0 : 1);
  return (a, b) => rank(a) - rank(b) || lacking(a) - lacking(b) || named(a) - named(b) || byAge(a, b);
}

export function byAge(a: ObservedContainer, b: ObservedContainer): number {
  return a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1);
}

function rank(container: ObservedContainer): number {
  return container.state === 'running' ? 0 : container.state === 'restarting' ? 1 : 2;
}

const ON_ALL = { unaliased: [], cutOff: [], stale: [] };

function networksOf(
  container: ObservedContainer | null,
  wanted: Wanted,
  { host }: Pick<UnitWorld, 'host'>,
): Pick<Slot, 'unaliased' | 'cutOff' | 'stale'> {
  if (container === null || wanted.spec.networkMode !== null) return ON_ALL;
  const { networks } = wanted.spec;
  const bound = Object.entries(container.networks);
  const gone = isUp(container)
    ? []
    : bound.filter(([, endpoint]) => isGone(endpoint, host)).map(([name]) => name);
  const cutOff = networks.filter((name) => container.networks[name] === undefined || gone.includes(name));
  const nameless = networks.filter((name) => {
    const aliases = container.networks[name]?.aliases ?? null;
    return aliases !== null && aliasesOn(name, wanted, 'taken').some((alias) => !aliases.includes(alias));
  });
  return {
    unaliased: networks.filter((name) => cutOff.includes(name) || nameless.includes(name)),
    cutOff,
    stale: gone.filter((name) => !networks.includes(name)).sort(),
  };
}

/** By id, for a network that was made anew under the name is another one. One that never started is bound by name alone. */
function isGone({ networkId }: ObservedEndpoint, { networks }: UnitWorld['host']): boolean {
  return networkId !== '' && !networks.some(({ id }) => id === networkId);
}

/** Running, or about to be by itself. */
export function isUp({ state }: ObservedContainer): boolean {
  return state === 'running' || state === 'restarting' || state === 'paused';
}
