// The network that was called after the workload before it was renamed: removed with the last container that needs it.
import type { Action } from '../../model/action.ts';
import { isUp } from './slots.ts';
import { act, type Rollout } from './steps.ts';

/** Ours alone. What stands by stopped is put on it again, or on another, when it is called back. */
export function leaveNetwork({ wanted, world, slots }: Rollout): Action[] {
  const { renamedFrom: from, spec, controller } = wanted;
  if (from === null || spec.networks.includes(from)) return [];
  const network = world.host.networks.find(({ name }) => name === from);
  if (network === undefined || network.controller !== controller) return [];
  // Whoever is called so by now has a network of his own by that name.
  if (network.workloadId !== wanted.workloadId) return [];
  const staying = new Set(slots.slots.flatMap(({ container }) => container?.id ?? []));
  const mine = new Set(world.mine.map(({ id }) => id));
  const isNeeded = world.host.containers.some((container) => {
    if (container.networks[from] === undefined) return false;
    if (mine.has(container.id)) return staying.has(container.id) && isUp(container);
    return isUp(container) || container.ours?.workloadId !== wanted.workloadId;
  });
  return isNeeded ? [] : [act(wanted, 'clean', { type: 'removeNetwork', network: from })];
}
