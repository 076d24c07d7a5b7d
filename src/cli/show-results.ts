// Prints how an apply or a sync ended, and gives its exit code.

import { deployJson } from '../core/json-deploy.ts';
import { problemJson } from '../core/json-problem.ts';
import { unitJson } from '../core/json-status.ts';
import { needsYou } from '../core/status-view.ts';
import type { Problem } from '../model/problem.ts';
import type { UnitStatus } from '../model/status.ts';
import type { Store } from '../ports/store.ts';
import { writeJson } from './answers.ts';
import { resultsOf } from './apply-results.ts';
import type { CommandContext } from './command.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { deploysSince } from './progress-rows.ts';

export interface Ended {
  store: Pick<Store, 'deploys' | 'deployLogs' | 'events'>;
  /** The units that were asked for, as they stand. */
  units: readonly UnitStatus[];
  /** Of files and sources; those of units are in their status. */
  problems: readonly Problem[];
  startedMs: number;
}

export function showResults(context: CommandContext, ended: Ended): number {
  const { out } = context;
  const results = resultsOf(ended);
  if (context.output === 'json') {
    writeJson(context, 'ApplyResult', {
      summary: results.summary,
      items: ended.units.map(unitJson),
      deploys: deploysSince(ended.store, ended.startedMs).map(deployJson),
      problems: ended.problems.map(problemJson),
    });
    return codeOf(ended);
  }
  const width = Math.max(0, ...results.lines.map((line) => line.unit.length)) + 3;
  for (const { unit, view, text, below } of results.lines) {
    const shape = out.glyph(view);
    const indent = ' '.repeat((shape === '' ? 0 : 2) + width);
    // Without its shape the line must say in words what became of it, unless it does already.
    const state = shape === '' && !text.startsWith(view.word) ? `${out.colour(view.tone, view.word)}: ` : '';
    out.line(`${shape}${unit.padEnd(width)}${state}${text}`);
    for (const more of below) out.line(indent + more);
  }
  for (const problem of ended.problems) {
    const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
    out.line(
      `${place === '' ? '' : `${place}  `}${problem.severity}: ${problem.message} (${problem.reason})`,
    );
    if (problem.hint !== null) out.line(`  hint: ${problem.hint}`);
  }
  if (results.lines.length > 0 || ended.problems.length > 0) out.line('');
  out.line(results.summary);
  return codeOf(ended);
}

/** A file with a problem holds its workloads and fails nothing; a hold that a person set is where it should be. */
function codeOf({ units, problems }: Ended): number {
  const code = exitCodeOf(units.filter((unit) => unit.outcome !== 'held' || needsYou(unit)));
  const errors = problems.some((problem) => problem.severity === 'error');
  return code === EXIT.done && errors ? EXIT.waiting : code;
}
