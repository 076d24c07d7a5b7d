// The plan of a unit that is not looked at: nothing is done, and the reason is told (law 9).
import type { Desired } from '../model/desired.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import type { AppliedFacts } from '../model/revision.ts';
import type { Ejection } from '../model/world.ts';
import { engineProblem } from './engine-status.ts';
import { problem } from './problem.ts';

/** Its engine does not answer. What was applied before is taken to run: nobody can say otherwise. */
export function planAway(
  desired: Desired,
  { error, applied }: { error: Error; applied: AppliedFacts | null },
): UnitPlan {
  const trouble = {
    ...engineProblem(desired.host, error),
    workload: desired.unit,
    source: desired.source,
    next: 'Looked at again in each pass.',
  };
  return standStill(desired, { trouble, wait: true, runs: applied?.release ?? null });
}

/** A bug of ours: it stalls this unit alone. */
export function planFailed(
  desired: Desired,
  { error, applied }: { error: unknown; applied: AppliedFacts | null },
): UnitPlan {
  const trouble = problem({
    reason: 'Unexpected',
    message: `${desired.unit} could not be planned: ${error instanceof Error ? error.message : String(error)}`,
    effect: 'What runs is untouched.',
    hint: 'the log of the controller has its origin',
    next: 'Planned again in each pass.',
    workload: desired.unit,
    source: desired.source,
  });
  return standStill(desired, { trouble, wait: false, runs: applied?.release ?? null });
}

/** Somebody ejected it: whatever of it runs is a stranger's, and whoever depends on it waits for nobody. */
export function planEjected(desired: Desired, { by }: Ejection): UnitPlan {
  const { unit, kind, host, source } = desired;
  const notice = problem({
    severity: 'info',
    reason: 'Ejected',
    message: `${unit} was ejected by ${by}: what runs of it is left as it is, whatever its manifest says`,
    hint: `tinyforge adopt ${unit}`,
    next: `\`tinyforge adopt ${unit}\` takes it back`,
    workload: unit,
    source,
  });
  return {
    ...{ unit, kind, host, cause: null, strategy: null, downtime: null, actions: [], blocked: null },
    ...{ notices: [notice], runs: null, wants: null, generation: null, onFailure: null },
    health: { status: 'none', ready: 0, total: 0, detail: null },
  };
}

function standStill(
  { unit, kind, host }: Desired,
  { trouble, wait, runs }: { trouble: Problem; wait: boolean; runs: string | null },
): UnitPlan {
  return {
    unit,
    kind,
    host,
    cause: null,
    strategy: null,
    downtime: null,
    actions: [],
    blocked: { problem: trouble, wait },
    notices: [],
    runs,
    wants: null,
    generation: null,
    health: { status: 'unknown', ready: 0, total: 0, detail: trouble.message },
    onFailure: null,
  };
}
