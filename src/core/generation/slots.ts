// Sorts a unit's observed containers into what they are to the wanted generation. Makes no choice about them.
import type { ObservedContainer } from '../../model/observed.ts';
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
      .sort(byWorth(name, wanted));
    const container = own.find((candidate) => !isBroken(candidate, wanted, world)) ?? null;
    // Only what must make room, as a container or by its name, is broken; a double is an extra, whatever its state.
    const inTheWay = own.filter(
      (candidate) => candidate !== container && (container === null || candidate.name === name),
    );
    result.broken.push(...inTheWay);
    for (const candidate of [container, ...inTheWay]) if (candidate) taken.add(candidate);
    result.slots.push({
      replica,
      name,
      container,
      wellness: container && wellness(container, wanted.spec.health, wanted.spec.restart.name, world),
      unaliased: container ? missingAliases(container, wanted) : [],
    });
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

/** A running one is preferred to a double that is not, then the one with clients, then the one with the name, then the older. */
function byWorth(name: string, wanted: Wanted): (a: ObservedContainer, b: ObservedContainer) => number {
  const cutOff = (container: ObservedContainer): number =>
    missingAliases(container, wanted).length === 0 ? 0 : 1;
  const named = (container: ObservedContainer): number => (container.name === name ? 0 : 1);
  return (a, b) => rank(a) - rank(b) || cutOff(a) - cutOff(b) || named(a) - named(b) || byAge(a, b);
}

export function byAge(a: ObservedContainer, b: ObservedContainer): number {
  return a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1);
}

function rank(container: ObservedContainer): number {
  return container.state === 'running' ? 0 : container.state === 'restarting' ? 1 : 2;
}

function missingAliases(container: ObservedContainer, wanted: Wanted): string[] {
  if (wanted.spec.networkMode !== null) return [];
  return wanted.spec.networks.filter((network) => {
    const endpoint = container.networks[network];
    if (endpoint === undefined) return true;
    const { aliases } = endpoint;
    return aliases !== null && aliasesOn(network, wanted, 'taken').some((alias) => !aliases.includes(alias));
  });
}

/** A dead container cannot be started, and a stopped one whose network is gone refuses to. */
function isBroken(container: ObservedContainer, wanted: Wanted, world: Pick<UnitWorld, 'host'>): boolean {
  if (container.state === 'dead') return true;
  if (container.state === 'running' || container.state === 'restarting' || container.state === 'paused')
    return false;
  if (wanted.spec.networkMode !== null) return false;
  const existing = new Set(world.host.networks.map((network) => network.name));
  return wanted.spec.networks.some(
    (network) => !existing.has(network) || container.networks[network] === undefined,
  );
}
