// Whether what a unit depends on is well enough to change the unit (health is the gate).

import type { UnitPlan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import type { UnitId } from '../model/unit.ts';
import { problem } from './problem.ts';

export interface DependencyState {
  plan: UnitPlan | undefined;
  /** Held, suspended, or at work. */
  note: string | null;
}

/** Null when nothing has to be waited for. Only roll-outs wait: healing what was there does not. */
export function waitsFor(
  plan: UnitPlan,
  dependsOn: readonly UnitId[],
  stateOf: (unit: UnitId) => DependencyState,
): Problem | null {
  if (dependsOn.length === 0 || !isRollout(plan)) return null;
  for (const unit of dependsOn) {
    const state = stateOf(unit);
    const trouble = troubleOf(state);
    if (trouble === null) continue;
    return problem({
      reason: 'DependencyNotReady',
      message: `waits for ${unit}, which ${trouble}`,
      effect: 'What runs is untouched.',
      next: `goes on when ${unit} is healthy`,
      hint: `tinyforge why ${unit}`,
      workload: plan.unit,
    });
  }
  return null;
}

export function isRollout(plan: UnitPlan): boolean {
  return plan.cause?.type === 'create' || plan.cause?.type === 'change';
}

function troubleOf({ plan, note }: DependencyState): string | null {
  if (plan === undefined) return 'is not there';
  if (note !== null) return note;
  if (plan.health.status === 'none' && plan.health.total === 0 && plan.actions.length === 0)
    return plan.wants === null ? null : 'is stopped';
  if (plan.health.status === 'healthy')
    return plan.actions.some((action) => action.phase !== 'clean') ? 'is about to change' : null;
  if (plan.runs === null) return 'does not run yet';
  return plan.health.detail === null
    ? `is ${plan.health.status === 'starting' ? 'still starting' : plan.health.status}`
    : `is not well: ${plan.health.detail}`;
}
