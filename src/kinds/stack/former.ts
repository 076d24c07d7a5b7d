// What a kind before made of the workload: it serves until the stack is proven, unless both cannot be there at once.
import { portConflict } from '../../core/generation/conflicts.ts';
import { isUp } from '../../core/generation/slots.ts';
import { oneWriter } from '../../core/generation/strategy.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { UnitPlan } from '../../model/plan.ts';
import type { StackModel } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import { namesTaken } from './names.ts';
import { isFrozen } from './routed.ts';
import type { Survey } from './survey.ts';

type World = UnitWorld<DesiredStack>;

export interface Former {
  /** They go once the route leads to what was proven. */
  staying: readonly ObservedContainer[];
  /** They are stopped before anything of the stack is started, for this reason. */
  inTheWay: readonly ObservedContainer[];
  because: string | null;
  /** They get the requests by a route that cannot be changed now: nothing is begun. */
  isStuck: boolean;
}

/** Stop, start, become healthy: about. */
const GAP_MS = 10_000;

export function formerOf(world: World, model: StackModel, found: Survey): Former {
  const up = found.surplus.filter((container) => container.ours?.kind !== 'stack' && isUp(container));
  const reasons = new Map(up.map((container) => [container, reasonOf(container, { world, model, found })]));
  const inTheWay = up.filter((container) => reasons.get(container) !== null);
  return {
    staying: up.filter((container) => !inTheWay.includes(container)),
    inTheWay,
    because: inTheWay.map((container) => reasons.get(container) ?? null)[0] ?? null,
    isStuck: up.length > 0 && found.views.some((view) => isFrozen(world, view)),
  };
}

/** Told before it is done. */
export function formerGap({ because }: Former): UnitPlan['downtime'] {
  return because === null ? null : { ms: GAP_MS, why: because };
}

function reasonOf(
  container: ObservedContainer,
  { world, model, found }: { world: World; model: StackModel; found: Survey },
): string | null {
  const { lastApplied, desired, host } = world;
  const coming = found.views.filter(({ state }) => state !== 'right' && state !== 'frozen');
  if (coming.length === 0) return null;
  if (found.wrong.some((view) => namesTaken(view, model.project).includes(container.name)))
    return `the name ${container.name} can be held by one only`;
  const alone = { ...host, containers: [container] };
  const port = coming
    .flatMap(({ service }) => service.publishedPorts)
    .find((one) => portConflict(desired.unit, [one], alone, new Set()) !== null);
  if (port !== undefined) return `port ${port.published} of the host can be held by one only`;
  // A site writes nothing.
  if (container.ours?.kind !== 'project') return null;
  const before = lastApplied?.desired;
  return before?.kind === 'project' ? oneWriter(before) : 'nobody knows whether what ran writes to volumes';
}
