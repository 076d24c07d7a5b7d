// Time for clients to leave those that are to be stopped.
import type { Action } from '../../model/action.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import { farewellFact } from '../route/facts.ts';
import type { GenerationRoute } from './routing.ts';
import { isUp } from './slots.ts';
import { act, type Rollout } from './steps.ts';

/** Replicas that are one too many have clients where they are routed: elsewhere nobody could be kept from them. */
export function drain(rollout: Rollout, route: GenerationRoute | null): Action[] {
  const { slots } = rollout;
  return farewell(rollout, [...(route === null ? [] : slots.extras), ...slots.others.filter(hasClients)]);
}

/** One drain for all that leave together, kept by the first that stays; none where they had it from that one. */
export function farewell({ wanted, world, slots }: Rollout, leaving: readonly ObservedContainer[]): Action[] {
  const heir = slots.slots[0];
  if (heir === undefined || wanted.drainMs === 0) return [];
  const had = ({ id }: ObservedContainer): boolean =>
    heir.container !== null && world.memory.has(farewellFact(heir.container.id, id));
  const ids = leaving.filter((container) => isUp(container) && !had(container)).map(({ id }) => id);
  if (ids.length === 0) return [];
  return [act(wanted, 'drain', { type: 'drain', container: heir.name, leaving: ids, ms: wanted.drainMs })];
}

/**
 * Only what carries a name that it was given with the traffic has clients to lose: a version that never got any needs no
 * farewell. Which name that is does not matter, for the workload may have been renamed since.
 */
export function hasClients({ id, name, ours, networks }: ObservedContainer): boolean {
  const ofGeneration = `-${ours?.specHash.slice(0, 6)}`;
  const isItsOwn = (alias: string): boolean =>
    alias === name || id.startsWith(alias) || alias.endsWith(ofGeneration);
  return Object.values(networks).some(
    ({ aliases }) => aliases === null || aliases.some((alias) => !isItsOwn(alias)),
  );
}
