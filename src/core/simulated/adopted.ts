// What is taken over is ours from then on, and runs as before.
import type { ActionOf } from '../../model/action.ts';
import type { UnitWorld } from '../../model/world.ts';
import { adoptedMark } from '../adopted-mark.ts';
import { withContainers } from './world.ts';

export function adopted(world: UnitWorld, { unit, containers }: ActionOf<'adoptContainers'>): UnitWorld {
  const { controller, desired } = world;
  const next = world.host.containers.map((entry) => {
    const taken = containers.find(({ container }) => container === entry.id);
    if (taken === undefined) return entry;
    return {
      ...entry,
      ours: adoptedMark(taken, { controller, unit, workloadId: desired.workloadId }),
    };
  });
  return withContainers(world, next);
}
