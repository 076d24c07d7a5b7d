// Which plans may be carried out now: not held, not suspended, not waiting, not at work already, not backing off.
import { isWalkedNow } from '../core/walkable.ts';
import type { Desired } from '../model/desired.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { EngineDeps } from './deps.ts';
import type { PassOptions } from './pass-options.ts';
import type { Planned } from './plan-all.ts';
import type { Wish } from './read-sources.ts';
import type { LoopState } from './state.ts';

export function startWork(
  deps: EngineDeps,
  state: LoopState,
  facts: { wish: Wish; planned: Planned; isBusy: (unit: string) => boolean; options: PassOptions },
): void {
  const { wish, planned, isBusy, options } = facts;
  const wanted = (unit: string): boolean =>
    (options.units.length === 0 || options.units.includes(unit)) && !isBusy(unit);
  for (const desired of wish.units) {
    const plan = planned.plans.get(desired.unit);
    if (plan === undefined || plan.actions.length === 0 || !wanted(desired.unit) || !isWalkedNow(plan))
      continue;
    if (desired.suspend || deps.control.suspension(desired.unit) !== null) continue;
    if (state.works.mayStart(desired.unit, wishOf(plan, desired))) options.start?.({ plan, desired });
  }
  for (const plan of planned.removals) {
    if (
      wanted(plan.unit) &&
      deps.control.suspension(plan.unit) === null &&
      state.works.mayStart(plan.unit, 'removed')
    ) {
      options.start?.({ plan, desired: null });
    }
  }
}

/** What back-off belongs to: another generation, or another revision that changed the unit, starts afresh. */
function wishOf(plan: UnitPlan, desired: Desired): string {
  return `${plan.generation?.specHash ?? ''}:${plan.generation?.digest ?? ''}:${desired.state}:${plan.cause?.type ?? ''}`;
}
