// Sorts a unit's observed containers into what they are to the wanted generation. Makes no choice about them.
import type { ObservedContainer } from '../../model/observed.ts';
import type { UnitWorld } from '../../model/world.ts';
import { type Wellness, wellness } from './container-health.ts';
import { FAILED_SUFFIX, nameOf, type Wanted } from './wanted.ts';

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
  /** Kept for their logs. */
  failed: ObservedContainer[];
  /** Of the wanted generation, but past use: to be removed and made again. */
  broken: ObservedContainer[];
}

export function sortSlots(
  wanted: Wanted,
  world: Pick<UnitWorld, 'mine' | 'memory' | 'probes' | 'host'>,
): Slots {
  const result: Slots = { slots: [], extras: [], others: [], failed: [], broken: [] };
  const candidates: ObservedContainer[] = [];
  for (const container of world.mine) {
    if (container.state === 'removing') continue;
    if (container.name.endsWith(FAILED_SUFFIX)) result.failed.push(container);
    else if (container.ours?.specHash !== wanted.specHash) result.others.push(container);
    else if (isBroken(container, wanted, world)) result.broken.push(container);
    else candidates.push(container);
  }
  // A running one is preferred to a double that is not; then the older one, so that the choice is stable.
  candidates.sort((a, b) => rank(a) - rank(b) || a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1));
  for (let replica = 1; replica <= wanted.replicas; replica++) {
    const index = candidates.findIndex((candidate) => candidate.ours?.replica === replica);
    const container = index < 0 ? null : (candidates.splice(index, 1)[0] ?? null);
    result.slots.push({
      replica,
      name: nameOf(wanted, replica),
      container,
      wellness: container && wellness(container, wanted.spec.health, wanted.spec.restart.name, world),
      unaliased: container ? missingAliases(container, wanted) : [],
    });
  }
  result.extras = candidates;
  return result;
}

function rank(container: ObservedContainer): number {
  return container.state === 'running' ? 0 : container.state === 'restarting' ? 1 : 2;
}

function missingAliases(container: ObservedContainer, wanted: Wanted): string[] {
  if (wanted.spec.networkMode !== null) return [];
  return wanted.spec.networks.filter((network) => {
    const endpoint = container.networks[network];
    return endpoint === undefined || endpoint.aliases?.includes(wanted.baseName) === false;
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
