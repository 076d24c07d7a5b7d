// A plan as JSON: what would be done to which object and why, without what goes into a container.
import type { Action } from '../model/action.ts';
import type { Plan, UnitPlan } from '../model/plan.ts';
import { describeAction } from './describe-action.ts';
import { problemJson } from './json-problem.ts';
import { healthJson } from './json-status.ts';

export function planJson(plan: Plan) {
  return {
    revisions: { ...plan.revisions },
    changes: plan.units.filter((unit) => unit.actions.length > 0).length,
    units: plan.units.map(unitPlanJson),
    orphans: plan.orphans.map(({ unit, why, containers }) => ({ unit, why, containers: [...containers] })),
    problems: plan.problems.map(problemJson),
  };
}

export function unitPlanJson(plan: UnitPlan) {
  return {
    unit: plan.unit,
    kind: plan.kind,
    host: plan.host,
    cause: plan.cause === null ? null : { type: plan.cause.type, text: plan.cause.text },
    strategy: plan.strategy,
    downtime_ms: plan.downtime?.ms ?? null,
    downtime_why: plan.downtime?.why ?? null,
    runs: plan.runs,
    wants: plan.wants,
    health: healthJson(plan.health),
    actions: plan.actions.map(actionJson),
    blocked:
      plan.blocked === null ? null : { wait: plan.blocked.wait, problem: problemJson(plan.blocked.problem) },
    notices: plan.notices.map(problemJson),
    on_failure: plan.onFailure,
  };
}

function actionJson(action: Action) {
  return { type: action.type, phase: action.phase, cause: action.cause, text: describeAction(action) };
}
