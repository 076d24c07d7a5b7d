// `events`: what happened, oldest first, and with -f what happens from now on.
import { type FoldedEvent, foldEvents } from '../../core/fold-events.ts';
import { eventJson } from '../../core/json-event.ts';
import { duration } from '../../core/time-words.ts';
import { dayAndSecond, stamp } from '../../core/time-words-dates.ts';
import { CHECKS } from '../../core/words.ts';
import { count } from '../../core/words-names.ts';
import type { EventRow } from '../../model/record.ts';
import type { Reader } from '../../ports/session.ts';
import { say, writeJson, writeJsonLines } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { usage } from '../complaint.ts';
import { EXIT, interruptedCode } from '../exit-code.ts';
import { limitFlag, limitOf } from '../limit.ts';
import { withReader } from '../open.ts';
import { cutAtEnd } from '../terminal/display-width.ts';
import { findUnits, knownUnits } from '../unit-name.ts';

const USUAL = 20;
const LOOK_EVERY_MS = 1_000;
const AT_ONCE = 200;
const REASON_CELLS = 16;
const MARK_CELLS = 2;
/** However narrow the window: a cut word says more than none. */
const LEAST_MESSAGE = 20;

export const events: Command = {
  name: 'events',
  summary: 'show what happened, and follow what happens',
  usage: 'events [NAME...]',
  examples: [
    ['tinyforge events', 'the last twenty'],
    ['tinyforge events -f', 'go on until Ctrl-C'],
    ['tinyforge events shop -n 100', 'of one project, further back'],
  ],
  flags: {
    follow: { type: 'boolean', short: 'f', help: 'go on until Ctrl-C' },
    limit: limitFlag(USUAL, 'how many to begin with'),
  },
  outputs: ['table', 'json', 'jsonl'],
  names: { least: 0, most: 20 },
  completes: 'workloads',
  run: (context) => withReader(context, (reader) => show(context, reader)),
};

async function show(context: CommandContext, reader: Reader): Promise<number> {
  const { line, output } = context;
  const units = findUnits(line.names, reader);
  const follows = line.values.follow === true;
  if (follows && output === 'json')
    throw usage('events -f cannot answer as "json".', 'It can as table, jsonl.');
  const first = newest(reader, { units, limit: limitOf(context, USUAL) });
  const cells = cellsOf(context, first, reader);
  if (output === 'json') writeJson(context, 'EventList', { items: first.map(eventJson) });
  else write(context, first, cells);
  if (!follows) {
    if (output === 'table')
      say(context, first.length === 0 ? 'Nothing has happened yet.' : `${count(first.length, 'event')}.`);
    return EXIT.done;
  }
  return follow(context, reader, {
    units,
    after: first.at(-1)?.id ?? lastId(reader),
    cells: cells,
  });
}

async function follow(
  context: CommandContext,
  reader: Reader,
  from: { units: readonly string[]; after: number; cells: Cells },
): Promise<number> {
  const { signal, clock } = context;
  let { after } = from;
  while (!signal.aborted) {
    await clock.sleep(LOOK_EVERY_MS, signal).catch(() => {});
    const fresh = since(reader, after).filter(({ unit }) => concerns(unit, from.units));
    write(context, fresh, from.cells);
    after = Math.max(after, lastId(reader));
  }
  return interruptedCode(signal);
}

/** Oldest first. */
function newest(reader: Reader, { units, limit }: { units: readonly string[]; limit: number }): EventRow[] {
  const { store } = reader;
  if (store === null) return [];
  const rows =
    units.length === 0 ? store.events({ limit }) : units.flatMap((unit) => store.events({ unit, limit }));
  return rows.sort((a, b) => a.id - b.id).slice(-limit);
}

function since({ store }: Reader, after: number): EventRow[] {
  const found: EventRow[] = [];
  let beforeId: number | undefined;
  for (;;) {
    const page = store?.events({ limit: AT_ONCE, beforeId }) ?? [];
    const fresh = page.filter(({ id }) => id > after);
    found.push(...fresh);
    beforeId = page.at(-1)?.id;
    if (fresh.length < AT_ONCE) return found.reverse();
  }
}

const lastId = ({ store }: Reader): number => store?.events({ limit: 1 })[0]?.id ?? 0;

function concerns(unit: string | null, units: readonly string[]): boolean {
  return units.length === 0 || (unit !== null && units.includes(unit));
}

function write(context: CommandContext, rows: readonly EventRow[], cells: Cells): void {
  if (context.output === 'json') return;
  if (context.output === 'jsonl') {
    writeJsonLines(
      context,
      'Event',
      rows.map((row) => ({ event: eventJson(row) })),
    );
    return;
  }
  for (const folded of foldEvents(rows)) writeLine(context, folded, cells);
}

function writeLine(context: CommandContext, { event, times, firstAtMs }: FoldedEvent, cells: Cells): void {
  const { out } = context;
  const subject = `${(event.unit ?? '-').padEnd(cells.unit)}  ${event.reason.padEnd(REASON_CELLS)}  `;
  const before = `${whenOf(context, event).padEnd(cells.when)}  `;
  const again = times > 1 ? ` (×${times} in ${duration(event.atMs - firstAtMs)})` : '';
  const width = out.width();
  const room = width === null ? null : width - before.length - MARK_CELLS - subject.length - again.length;
  const text = room === null ? event.message : cutAtEnd(event.message, Math.max(room, LEAST_MESSAGE));
  out.line(`${out.dim(before)}${markOf(context, event)}${subject}${text}${again}`);
}

function whenOf({ out, clock, timeZone }: CommandContext, { atMs }: EventRow): string {
  return out.isTerminal ? dayAndSecond(atMs, clock.nowMs(), timeZone()) : stamp(atMs);
}

/** A shape on a terminal, for what needs a look; elsewhere the word. */
function markOf({ out }: CommandContext, { severity }: EventRow): string {
  if (!out.isTerminal) return severity.padEnd(MARK_CELLS + 4);
  const shape = out.glyph(CHECKS[severity === 'error' ? 'problem' : 'warning']);
  return severity === 'info' && shape !== '' ? ' '.repeat(MARK_CELLS) : shape;
}

/** Of the columns before the message; lines that follow later keep to them. */
interface Cells {
  when: number;
  unit: number;
}

function cellsOf(context: CommandContext, rows: readonly EventRow[], reader: Reader): Cells {
  const names = rows.length > 0 ? rows.map(({ unit }) => unit ?? '-') : knownUnits(reader);
  const longest = (texts: readonly string[]): number => Math.max(8, ...texts.map(({ length }) => length));
  return { when: longest(rows.map((row) => whenOf(context, row))), unit: longest(names) };
}
