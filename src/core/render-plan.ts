// Prints a plan: per workload the cause first, then what is done in walking order, and what it adds up to.
import type { Plan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import type { Mark, PlanLine, PlanView, UnitPlanView } from './render-plan-shape.ts';
import { planView } from './render-plan-view.ts';
import type { Tone } from './words.ts';
import { cutEnd, listed } from './words-names.ts';

export type { PlanLine, PlanView, UnitPlanView } from './render-plan-shape.ts';
export { planView } from './render-plan-view.ts';

export interface PlanPrint {
  /** Each action on a line of its own, and nothing cut. */
  verbose: boolean;
  /** Explains the marks; for a terminal. */
  legend: boolean;
  /** Paints a piece of text; give it back unchanged for none. `off` is dim. */
  colour: (tone: Tone, text: string) => string;
  /** Characters in a line; null for as many as it takes. */
  width: number | null;
}

const MARK_TONES: Readonly<Record<Mark, Tone>> = {
  '+': 'ok',
  '-': 'bad',
  '~': 'warn',
  '-/+': 'warn',
  '·': 'off',
};
const PHASE_WIDTH = 9;
const VERB_WIDTH = 11;
const MAX_NAME_WIDTH = 24;
const LEGEND = '+ create  ~ change in place  - remove  -/+ stop, then start  · check, changes nothing';

/** The whole plan as text, with a newline at its end. Two prints of one plan are equal. */
export function renderPlan(plan: Plan, print: PlanPrint): string {
  const view = planView(plan, print.verbose ? 'every' : 'folded');
  const longest = Math.max(0, ...view.units.map((unit) => unit.unit.length));
  const nameWidth = Math.min(MAX_NAME_WIDTH, longest) + 3;
  const blocks = [
    ...view.units.map((unit) => block(unit, nameWidth, print)),
    orphans(view, print),
    problems(view, print),
    [cut(view.summary, { ...print, width: null }), ...legend(view, print)],
  ].filter((lines) => lines.length > 0);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function block(unit: UnitPlanView, nameWidth: number, print: PlanPrint): string[] {
  const head = `${unit.unit.padEnd(nameWidth)}${unit.cause ?? ''}`.trimEnd();
  const lines = [cut(head, print)];
  if (unit.blocked !== null) lines.push(...problemLines(unit.blocked.word, unit.blocked.problem, print));
  if (unit.strategy !== null) lines.push(cut(`  ${unit.strategy}`, print));
  for (const { phase, lines: inPhase } of unit.phases) {
    inPhase.forEach((line, index) => {
      lines.push(planLine(index === 0 ? phase : '', line, print));
    });
  }
  if (unit.onFailure !== null) lines.push(cut(`  if it is not healthy: ${unit.onFailure}`, print));
  for (const notice of unit.notices) lines.push(...problemLines('note', notice, print));
  return lines;
}

function planLine(phase: string, line: PlanLine, print: PlanPrint): string {
  const start = `    ${phase.padEnd(PHASE_WIDTH)}`;
  const verb = `${line.mark} ${line.verb}`.padEnd(VERB_WIDTH - 1);
  const plain = cut(`${start}${verb} ${line.text}`, print);
  const mark = print.colour(MARK_TONES[line.mark], line.mark);
  return plain.slice(0, start.length) + mark + plain.slice(start.length + line.mark.length);
}

function problemLines(word: string, problem: Problem, print: PlanPrint): string[] {
  const said = [sentence(problem.message), problem.effect, problem.next].filter(Boolean).join(' ');
  const line = `  ${word}: ${said} (${problem.reason})`;
  return problem.hint === null ? [line] : [line, `  ${print.colour('off', 'hint:')} ${problem.hint}`];
}

function orphans({ orphans: left }: PlanView, print: PlanPrint): string[] {
  if (left.length === 0) return [];
  return [
    'Left alone, no manifest names them:',
    ...left.map((orphan) => cut(`  ${orphan.unit}  ${listed(orphan.containers, 3)}  (${orphan.why})`, print)),
  ];
}

function problems({ problems: found }: PlanView, print: PlanPrint): string[] {
  return found.flatMap((problem) => {
    const place = placeOf(problem);
    const [first = '', ...rest] = problemLines(problem.severity, problem, print);
    return [place === '' ? first.slice(2) : `${place}  ${first.slice(2)}`, ...rest];
  });
}

function placeOf({ file, line, column }: Problem): string {
  if (file === null) return '';
  return [file, line, column].filter((part) => part !== null).join(':');
}

function legend(view: PlanView, print: PlanPrint): string[] {
  return print.legend && view.units.some((unit) => unit.phases.length > 0)
    ? [print.colour('off', LEGEND)]
    : [];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function cut(text: string, { width, verbose }: PlanPrint): string {
  return width === null || verbose ? text : cutEnd(text, width);
}
