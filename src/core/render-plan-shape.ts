// The shape of a plan as it is shown: units, phases and lines.
import type { Action, Phase } from '../model/action.ts';
import type { Plan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';

/** `+` make, `~` change in place, `-` remove, `-/+` stop then start, `·` look and change nothing. */
export type Mark = '+' | '~' | '-' | '-/+' | '·';

/** What a line counts as in the summary. */
export type Tally =
  | 'adopted'
  | 'renamed'
  | 'created'
  | 'changed'
  | 'swapped'
  | 'removed'
  | 'pulled'
  | 'built'
  | 'started'
  | 'stopped'
  | 'none';

export interface PlanLine {
  phase: Phase;
  mark: Mark;
  verb: string;
  /** What it is done to, and how: the rest of the line. */
  text: string;
  /** Positions of its actions in the unit's list. */
  actions: number[];
  tally: Tally;
  count: number;
}

/** A run of actions that reads as one line. */
export interface Group {
  /** The type of its actions, `swap`, or `each` where nothing is folded. */
  role: string;
  phase: Phase;
  members: { action: Action; index: number }[];
}

/** What a line says, before it knows its actions. */
export type Words = [mark: Mark, verb: string, text: string, tally: Tally, count: number];

export interface UnitPlanView {
  unit: string;
  kind: string;
  host: string;
  /** `change: tag 2.1.3 → 2.1.4`; null where nothing is to be done. */
  cause: string | null;
  /** `blue-green, no downtime expected`; null where nothing is rolled out. */
  strategy: string | null;
  downtimeMs: number | null;
  phases: { phase: Phase; lines: PlanLine[] }[];
  onFailure: string | null;
  /** `waits` ends by itself; `held` needs somebody. */
  blocked: { word: 'waits' | 'held'; problem: Problem } | null;
  notices: Problem[];
}

export interface PlanView {
  /** Only units with something to say, in walking order. */
  units: UnitPlanView[];
  /** Units that are in the plan, all of them. */
  total: number;
  /** True where `apply` would do something. */
  changes: boolean;
  orphans: Plan['orphans'];
  problems: Problem[];
  /** The last line: `Plan: …` or `Nothing to do: …`. */
  summary: string;
}
