// A unit whose kind changed under its name: what the kind before made leaves, and the gap that this costs is told before.
import type { Action } from '../model/action.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { UnitWorld } from '../model/world.ts';

/** A project and a site are switched by the same steps, so one takes over from the other as a new version does. */
const FAMILY: Readonly<Record<string, string>> = {
  project: 'generation',
  site: 'generation',
  stack: 'stack',
  proxy: 'proxy',
};
const UP: ReadonlySet<string> = new Set(['running', 'restarting', 'paused']);
const GRACE_MS = 10_000;
/** About: stop, start, become healthy, and the route with the next pass. */
const GAP_MS = 10_000;

/** `plan` as its kind made it. */
export function withKindChange(plan: UnitPlan, { mine, desired }: UnitWorld): UnitPlan {
  // What does not say its kind may be of this one.
  const former = mine.filter(({ ours }) => ours?.kind && FAMILY[ours.kind] !== FAMILY[desired.kind]);
  const before = former[0]?.ours?.kind;
  if (before === undefined || plan.blocked !== null) return plan;
  const text = `a ${before} becomes a ${desired.kind}`;
  if (desired.kind === 'proxy') {
    const actions = [...plan.actions, ...leaving(former, { plan, cause: text })];
    return { ...plan, actions, cause: plan.cause ?? { type: 'cleanup', text } };
  }
  const isServing = former.some(({ state }) => UP.has(state));
  if (!isServing || plan.actions.length === 0) return plan;
  return {
    ...plan,
    cause: { type: 'change', text },
    downtime: plan.downtime ?? {
      ms: GAP_MS,
      why: `${text}: what ran is stopped before its route leads to what comes`,
    },
  };
}

/** Once the route leads elsewhere nobody is sent to them any more. Volumes stay, as ever. */
function leaving(
  containers: readonly ObservedContainer[],
  { plan, cause }: { plan: UnitPlan; cause: string },
): Action[] {
  const common = { unit: plan.unit, host: plan.host, phase: 'clean' as const, cause };
  return containers.flatMap(({ id, state }): Action[] => [
    ...(UP.has(state)
      ? [{ ...common, type: 'stopContainer' as const, container: id, graceMs: GRACE_MS }]
      : []),
    { ...common, type: 'removeContainer', container: id },
  ]);
}
