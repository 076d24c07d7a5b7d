// `why NAME`: why a workload is as it is, and what comes next.
import { problemJson } from '../../core/json-problem.ts';
import { unitJson } from '../../core/json-status.ts';
import { outcomeView } from '../../core/status-view.ts';
import { type Why, type WhyLine, whyOf } from '../../core/status-view-why.ts';
import { fault } from '../../model/errors.ts';
import type { UnitStatus } from '../../model/status.ts';
import type { Reader } from '../../ports/session.ts';
import { writeJson } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { withReader } from '../open.ts';
import { findUnit } from '../unit-name.ts';

const WORD_WIDTH = 9;
/** Enough to see what broke; `logs --failed` has the rest. */
const MOST_EVIDENCE = 10;

export const why: Command = {
  name: 'why',
  summary: 'explain why a workload is as it is',
  usage: 'why NAME',
  examples: [
    ['tinyforge why shop/prod', 'what it wants, what runs, and because of what'],
    ['tinyforge why shop', 'its only stage, or the one called default'],
    ['tinyforge why shop/prod -o json', 'for programs'],
  ],
  flags: {},
  outputs: ['table', 'json'],
  names: { least: 1, most: 1 },
  completes: 'workloads',
  run: (context) => withReader(context, async (reader) => explain(context, reader)),
};

function explain(context: CommandContext, reader: Reader): number {
  const unit = findUnit(context.line.names[0] ?? '', reader);
  const status = reader.store?.status(unit) ?? null;
  if (status === null) throw notLookedAt(unit);
  const answer = whyOf({
    unit: status,
    quarantine: reader.control.quarantine(unit),
    suspension: reader.control.suspension(unit),
    deploy: reader.store?.deploys(unit, { limit: 1 })[0] ?? null,
    nowMs: context.clock.nowMs(),
    timeZone: context.timeZone(),
  });
  if (context.output === 'json') {
    const lines = answer.lines.map(({ word, text, evidence }) => ({ word, text, evidence: [...evidence] }));
    const problems = status.problems.map(problemJson);
    writeJson(context, 'Explanation', { unit: unitJson(status), title: answer.title, lines, problems });
  } else print(context, status, answer);
  return EXIT.done;
}

function print({ out }: CommandContext, status: UnitStatus, { title, lines }: Why): void {
  const { word, tone } = outcomeView(status.outcome);
  const at = title.indexOf(` ${word}`, status.unit.length) + 1;
  out.line(title.slice(0, at) + out.colour(tone, word) + title.slice(at + word.length));
  for (const line of lines) for (const text of lineTexts(line)) out.line(text);
}

function lineTexts({ word, text, evidence }: WhyLine): string[] {
  const [first = '', ...rest] = text.split('\n');
  const indent = ' '.repeat(2 + WORD_WIDTH);
  return [
    `  ${word.padEnd(WORD_WIDTH)}${first}`,
    ...rest.map((more) => indent + more),
    ...evidence.slice(-MOST_EVIDENCE).map((said) => indent + said),
  ];
}

function notLookedAt(unit: string): Error {
  return fault({
    code: 'NOT_LOOKED_AT',
    reason: 'NotLookedAt',
    message: `${unit} was applied once, and the index knows nothing of it since.`,
    hint: 'tinyforge apply, or start the controller with `tinyforge run`: the first pass fills the index again.',
    disposition: 'stalled',
  });
}
