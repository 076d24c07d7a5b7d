// Time for clients to leave those that are to be stopped.
import type { Action } from '../../model/action.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import { farewellFact } from '../route/facts.ts';
import type { GenerationRoute } from './routing.ts';
import { isUp } from './slots.ts';
import { act, type Rollout } from './steps.ts';
import type { Wanted } from './wanted.ts';

/** Replicas that are one too many have clients where they are routed: elsewhere nobody could be kept from them. */
export function drain(rollout: Rollout, route: GenerationRoute | null): Action[] {
  const { wanted, slots } = rollout;
  return farewell(rollout, [
    ...(route === null ? [] : slots.extras),
    ...slots.others.filter((container) => hasClients(container, wanted)),
  ]);
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

/** Only what carried the alias has clients to lose: a version that never got traffic needs no farewell. */
function hasClients(container: ObservedContainer, wanted: Wanted): boolean {
  return Object.values(container.networks).some(
    (endpoint) => endpoint.aliases?.includes(wanted.baseName) !== false,
  );
}
