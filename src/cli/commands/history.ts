// `history NAME`: the deploys of a workload, newest first.
import { deployJson } from '../../core/json-deploy.ts';
import { revisionJson } from '../../core/json-rollback.ts';
import { arrow, deployView } from '../../core/status-view.ts';
import { proofWords } from '../../core/switch-proof.ts';
import { duration } from '../../core/time-words.ts';
import { dateAndTime } from '../../core/time-words-dates.ts';
import { count, shortVersion } from '../../core/words-names.ts';
import type { DeployRow } from '../../model/record.ts';
import type { RevisionSummary } from '../../model/revision.ts';
import type { Reader } from '../../ports/session.ts';
import { say, writeJson, writeJsonLines } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { limitFlag, limitOf } from '../limit.ts';
import { withReader } from '../open.ts';
import { type Column, tableLines } from '../terminal/table.ts';
import { findUnit } from '../unit-name.ts';

const USUAL = 10;

const COLUMNS: readonly Column[] = [
  { title: 'DEPLOY', drop: 0, cut: 'never' },
  { title: 'RESULT', drop: 0, cut: 'never' },
  { title: 'FROM → TO', drop: 0, cut: 'end', least: 12 },
  { title: 'WHEN', drop: 1, cut: 'never' },
  { title: 'TOOK', drop: 2, cut: 'never' },
  { title: 'CAUSE', drop: 3, cut: 'end', least: 16 },
];

const REVISIONS: readonly Column[] = [
  { title: 'TO', drop: 0, cut: 'never' },
  { title: 'VERSION', drop: 0, cut: 'end', least: 8 },
  { title: 'CONVERGED', drop: 1, cut: 'never' },
  { title: 'KEPT', drop: 2, cut: 'never' },
];

export const history: Command = {
  name: 'history',
  summary: 'list the deploys of a workload',
  usage: 'history NAME',
  examples: [
    ['tinyforge history shop/prod', 'the last ten'],
    ['tinyforge history shop/prod --limit 50', 'more of them'],
    ['tinyforge history shop/prod -o jsonl', 'for programs, with every step'],
  ],
  flags: { limit: limitFlag(USUAL, 'how many') },
  outputs: ['table', 'wide', 'json', 'jsonl'],
  names: { least: 1, most: 1 },
  completes: 'workloads',
  run: (context) => withReader(context, async (reader) => list(context, reader)),
};

function list(context: CommandContext, reader: Reader): number {
  const unit = findUnit(context.line.names[0] ?? '', reader);
  const limit = limitOf(context, USUAL);
  const rows = reader.store?.deploys(unit, { limit }) ?? [];
  if (context.output === 'json')
    writeJson(context, 'DeployList', {
      items: rows.map(deployJson),
      revisions: reader.control
        .revisions(unit)
        .map((entry) => revisionJson(entry, isStanding(reader, entry))),
    });
  else if (context.output === 'jsonl') {
    const items = rows.map((row) => ({ deploy: deployJson(row) }));
    writeJsonLines(context, 'Deploy', items);
  } else {
    print(context, unit, rows);
    printRevisions(context, unit, reader);
  }
  return EXIT.done;
}

function print(context: CommandContext, unit: string, rows: readonly DeployRow[]): void {
  const { out } = context;
  if (rows.length === 0) {
    say(context, `${unit} has not been deployed yet, or its history was lost with the index.`);
    return;
  }
  const shapes = rows.map((row) => out.glyph(deployView(row.status)));
  const margin = shapes.some((shape) => shape !== '') ? '  ' : '';
  const width = out.width();
  const lines = tableLines({
    columns: COLUMNS,
    rows: rows.map((row) => cells(context, row)),
    width: width === null ? null : width - margin.length,
    gap: out.isTerminal ? 3 : 2,
  });
  lines.forEach((line, index) => {
    out.line(`${index === 0 ? margin : (shapes[index - 1] ?? margin)}${line}`);
  });
  const bad = rows.filter((row) => row.status === 'failed' || row.status === 'rolled_back').length;
  const well = rows.filter((row) => row.status === 'success').length;
  say(context, `${count(rows.length, 'deploy')} of ${unit}: ${well} went well, ${bad} did not.`);
}

function isStanding({ control }: Reader, { unit, specHash, digest }: RevisionSummary): boolean {
  const stands = control.hold(unit) ?? control.lastApplied(unit);
  return stands?.specHash === specHash && stands.digest === digest;
}

/** What can be rolled back to; the one that stands is told as such. */
function printRevisions(context: CommandContext, unit: string, reader: Reader): void {
  const all = reader.control.revisions(unit);
  if (all.length < 2) return;
  const { out, clock, timeZone } = context;
  out.line('');
  const lines = tableLines({
    columns: REVISIONS,
    rows: all.map((entry) => [
      { text: String(entry.number) },
      { text: shortVersion(entry.release) },
      { text: dateAndTime(entry.atMs, clock.nowMs(), timeZone()) },
      { text: isStanding(reader, entry) ? 'runs now' : entry.keepable ? 'container and image' : 'image' },
    ]),
    width: out.width(),
    gap: out.isTerminal ? 3 : 2,
  });
  for (const line of lines) out.line(line);
  say(context, `\`tinyforge rollback ${unit} --to NUMBER\` goes back to one of them.`);
}

function cells({ out, clock, timeZone, output }: CommandContext, row: DeployRow) {
  const { word, tone } = deployView(row.status);
  const nowMs = clock.nowMs();
  const message = row.message === null || output !== 'wide' ? '' : `: ${row.message}`;
  const proof = row.proof === null ? '' : `; ${proofWords(row.proof)}`;
  return [
    { text: String(row.number) },
    { text: word, paint: (text: string) => out.colour(tone, text) },
    { text: arrow(row.fromVersion, row.toVersion) },
    { text: dateAndTime(row.startedAtMs, nowMs, timeZone()) },
    { text: row.finishedAtMs === null ? 'under way' : duration(row.finishedAtMs - row.startedAtMs) },
    { text: `${row.cause}${message}${proof}` },
  ];
}
