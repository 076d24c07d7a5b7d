// What one pass is asked to do.
import type { Desired } from '../model/desired.ts';
import type { UnitPlan } from '../model/plan.ts';

/** A plan that may be carried out now; `desired` is null where the unit is removed. */
export interface StartedPlan {
  readonly plan: UnitPlan;
  readonly desired: Desired | null;
}

export interface PassOptions {
  prune: 'given' | 'none';
  /** Only these units are worked on; empty for all. */
  units: readonly string[];
  /** Called for each unit whose plan may be carried out now; not at all in a pass that only looks. */
  start: ((work: StartedPlan) => void) | null;
  signal: AbortSignal;
}
