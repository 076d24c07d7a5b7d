// Who needs a person and what to tell them: workloads first, then sources, engines and files.
import { connectionView, headlineOf, outcomeView, type StateView } from '../../core/status-view.ts';
import type { Problem } from '../../model/problem.ts';
import type { Overview, UnitStatus } from '../../model/status.ts';
import { html } from '../page/html.ts';
import { unitHref } from '../page/links.ts';
import { agoTag, type Moment, sinceTag } from '../page/moment.ts';
import type { NeedView } from '../page/needs-you.ts';
import { placeText, problemText } from '../page/problem.ts';
import { prose } from '../page/prose.ts';

const PROBLEM: StateView = { word: 'problem', tone: 'warn', glyph: '▲', icon: 'triangle' };

export function needsOf(overview: Overview, moment: Moment): NeedView[] {
  const { needs } = headlineOf(overview, moment.nowMs);
  const told = new Set<string | null>(needs.flatMap(({ problems }) => problems.map(placeText)));
  told.delete(null);
  return [
    ...needs.map((unit) => unitNeed(unit, moment)),
    ...overview.sources.flatMap(({ name, problem }) =>
      problem === null ? [] : [outsideNeed(`source ${name}`, problem)],
    ),
    ...overview.engines.flatMap(({ name, reachable, problem }) =>
      reachable || problem === null ? [] : [outsideNeed(`engine ${name}`, problem)],
    ),
    // A problem in a file that a workload above already tells of is one homework, not two.
    ...overview.problems
      .filter((problem) => problem.severity === 'error' && !told.has(placeText(problem)))
      .map(fileNeed),
  ];
}

/** What helps for this state, beside what its hints name. */
export function commandsFor(unit: UnitStatus): string[] {
  const byOutcome: Readonly<Partial<Record<UnitStatus['outcome'], readonly string[]>>> = {
    failed: [`tinyforge logs ${unit.unit} --failed`, `tinyforge resume ${unit.unit}`],
    'rolled-back': [`tinyforge logs ${unit.unit} --failed`, `tinyforge resume ${unit.unit}`],
    degraded: [`tinyforge why ${unit.unit}`, `tinyforge logs ${unit.unit}`],
    held: unit.problems.some(({ file }) => file !== null)
      ? ['tinyforge validate']
      : [`tinyforge why ${unit.unit}`],
    suspended: [`tinyforge resume ${unit.unit}`],
    ejected: [`tinyforge adopt ${unit.unit}`],
  };
  const commands = byOutcome[unit.outcome] ?? [];
  // What has no containers says nothing.
  return commands.filter((command) => unit.kind !== 'proxy' || !command.startsWith('tinyforge logs '));
}

function unitNeed(unit: UnitStatus, moment: Moment): NeedView {
  const problem = unit.problems.find(({ severity }) => severity === 'error') ?? null;
  const body = problem === null ? prose(unit.sentence, unit.next) : problemText(problem);
  const ageMs = moment.nowMs - unit.sinceMs;
  const when =
    ageMs < 24 * 3600 * 1000
      ? html`${sinceTag(unit.sinceMs, moment)} · ${agoTag(unit.sinceMs, moment)}`
      : html`since ${sinceTag(unit.sinceMs, moment)}`;
  return {
    name: unit.unit,
    href: unitHref(unit.unit),
    state: outcomeView(unit.outcome),
    when,
    body,
    commands: commandsFor(unit),
  };
}

function outsideNeed(name: string, problem: Problem): NeedView {
  return {
    name,
    href: null,
    state: connectionView('away'),
    when: null,
    body: problemText(problem),
    commands: [],
  };
}

function fileNeed(problem: Problem): NeedView {
  const name = problem.workload ?? problem.file ?? problem.reason;
  return {
    name,
    href: null,
    state: PROBLEM,
    when: null,
    body: problemText(problem),
    commands: ['tinyforge validate'],
  };
}
