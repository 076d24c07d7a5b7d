// A plan as it is shown, as a value: the same for terminal, API and page.

import type { Plan, UnitPlan } from '../model/plan.ts';
import { foldedLines, singleLines } from './render-plan-lines.ts';
import type { PlanLine, PlanView, UnitPlanView } from './render-plan-shape.ts';
import { summaryOf } from './render-plan-summary.ts';
import { duration } from './time-words.ts';
import { isWalked } from './walkable.ts';

/** `every`: each action on a line of its own, nothing folded. */
export function planView(plan: Plan, lines: 'folded' | 'every' = 'folded'): PlanView {
  const said = plan.units.filter(hasSomethingToSay);
  const units = said.map((unit) => unitView(unit, lines));
  return {
    units,
    total: plan.units.length,
    changes: plan.units.some((unit) => unit.actions.length > 0 && isWalked(unit)),
    orphans: plan.orphans,
    problems: plan.problems,
    summary: summaryOf(plan, lines === 'folded' ? units : said.map((unit) => unitView(unit, 'folded'))),
  };
}

function hasSomethingToSay(plan: UnitPlan): boolean {
  return plan.actions.length > 0 || plan.blocked !== null || plan.notices.length > 0;
}

function unitView(plan: UnitPlan, lines: 'folded' | 'every'): UnitPlanView {
  const walked = isWalked(plan);
  const all = !walked ? [] : lines === 'every' ? singleLines(plan) : foldedLines(plan);
  return {
    unit: plan.unit,
    kind: plan.kind,
    host: plan.host,
    cause: causeWords(plan),
    strategy: walked ? strategyWords(plan) : null,
    downtimeMs: walked && plan.actions.length > 0 ? (plan.downtime?.ms ?? null) : null,
    phases: byPhase(all),
    onFailure: walked ? plan.onFailure : null,
    blocked:
      plan.blocked === null
        ? null
        : { word: plan.blocked.wait ? 'waits' : 'held', problem: plan.blocked.problem },
    notices: plan.notices,
  };
}

function causeWords({ cause, blocked }: UnitPlan): string | null {
  if (cause === null) return blocked === null ? null : '';
  if (cause.type === 'change' || cause.type === 'drift') return `${cause.type}: ${cause.text}`;
  return cause.text;
}

/** Where nothing ran before there is nothing to keep up, and no word about it. */
function strategyWords({ actions, strategy, downtime, runs }: UnitPlan): string | null {
  if (actions.length === 0 || runs === null) return null;
  if (downtime !== null) {
    const how = strategy === null ? '' : `${strategy}, `;
    return `${how}about ${duration(downtime.ms)} of downtime: ${downtime.why}`;
  }
  return strategy === null ? null : `${strategy}, no downtime expected`;
}

/** Neighbouring lines of one phase; a phase may come twice, for the order of walking is never changed. */
function byPhase(lines: readonly PlanLine[]): UnitPlanView['phases'] {
  const phases: UnitPlanView['phases'] = [];
  for (const line of lines) {
    const last = phases.at(-1);
    if (last?.phase === line.phase) last.lines.push(line);
    else phases.push({ phase: line.phase, lines: [line] });
  }
  return phases;
}
