// What one pass is asked to do.
import type { Desired } from '../model/desired.ts';
import type { UnitPlan } from '../model/plan.ts';

export interface PassOptions {
  prune: 'given' | 'none';
  /** Only these units are worked on; empty for all. */
  units: readonly string[];
  /** Called for each unit whose plan may be carried out now; not at all in a pass that only looks. */
  start: ((work: { plan: UnitPlan; desired: Desired | null }) => void) | null;
  signal: AbortSignal;
}
