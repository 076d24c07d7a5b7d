// One frame of the progress on a terminal: a title, and a line per unit with its time at the right edge.
import { duration } from '../core/time-words.ts';
import type { ProgressRow } from './progress-rows.ts';
import { cutAtEnd, displayWidth, padCells } from './terminal/display-width.ts';
import type { Screen } from './terminal/screen.ts';

const STEP_WIDTH = 11;

export interface Frame {
  title: string;
  elapsedMs: number;
  rows: readonly ProgressRow[];
  /** Lines that fit; the finished ones give way first, one that failed never does. */
  height: number;
}

/** Lines without newlines, none wider than the screen. Names are never cut. */
export function frameLines({ title, elapsedMs, rows, height }: Frame, screen: Screen): string[] {
  // Never in the last cell: some terminals begin a new line there.
  const width = (screen.width() ?? 80) - 1;
  const shown = fold(rows, Math.max(1, height - 2));
  const nameWidth = Math.max(0, ...shown.map((row) => displayWidth(row.unit)));
  const hidden = rows.length - shown.length;
  const timeWidth = Math.max(0, ...shown.map((row) => timeOf(row).length));
  return [
    atBothEnds(title, duration(Math.floor(elapsedMs / 1000) * 1000), width),
    ...shown.map((row) => rowLine(row, { screen, width, nameWidth, timeWidth })),
    ...(hidden > 0 ? [`  … ${hidden} more`] : []),
  ];
}

interface Layout {
  screen: Screen;
  width: number;
  nameWidth: number;
  /** The same for all rows, so that nothing moves when ten seconds are over. */
  timeWidth: number;
}

function rowLine(row: ProgressRow, { screen, width, nameWidth, timeWidth }: Layout): string {
  const shape = screen.glyph(row.view);
  const margin = shape === '' ? 0 : 2;
  const start = `${padCells(row.unit, nameWidth)}   ${padCells(row.step, STEP_WIDTH)}`;
  const time = timeOf(row).padStart(timeWidth);
  const room = width - margin - displayWidth(start) - 2 - time.length - 2;
  const detail = room > 3 ? cutAtEnd(withBar(row, room), room) : '';
  const plain = atBothEnds(`${start}  ${detail}`, time, width - margin);
  const step = row.unit.length + (nameWidth - displayWidth(row.unit)) + 3;
  const painted =
    plain.slice(0, step) + screen.colour(row.view.tone, row.step) + plain.slice(step + row.step.length);
  return shape + painted;
}

function timeOf(row: ProgressRow): string {
  return duration(Math.floor(row.elapsedMs / 1000) * 1000);
}

const LONGEST_BAR = 22;
const SHORTEST_BAR = 8;

/** A pull has one bar for the whole image, where there is room for it and the size is known. */
function withBar({ step, detail }: ProgressRow, room: number): string {
  const found = /(\d+ of \d+ layers), ((\d+) of (\d+) MB)$/.exec(detail);
  const [, layers = '', megabytes = '', done, all] = found ?? [];
  if (step !== 'pull' || found === null || Number(all) === 0) return detail;
  const words = `${megabytes}, ${layers}`;
  const bar = Math.min(LONGEST_BAR, room - 2 - words.length);
  if (bar < SHORTEST_BAR) return words;
  const filled = Math.min(bar, Math.round((Number(done) / Number(all)) * bar));
  return `${'━'.repeat(filled)}${'─'.repeat(bar - filled)}  ${words}`;
}

function atBothEnds(left: string, right: string, width: number): string {
  const cut = cutAtEnd(left, Math.max(1, width - right.length - 2));
  return padCells(cut, Math.max(displayWidth(cut) + 1, width - right.length)) + right;
}

/** Keeps the order; drops finished rows first, and of those never one that failed. */
function fold(rows: readonly ProgressRow[], most: number): readonly ProgressRow[] {
  if (rows.length <= most) return rows;
  const worth = (row: ProgressRow): number =>
    row.view.tone === 'bad' || row.view.tone === 'warn' ? 2 : row.done ? 0 : 1;
  const kept = new Set(
    [...rows.keys()]
      .sort((a, b) => worth(rows[b] as ProgressRow) - worth(rows[a] as ProgressRow) || a - b)
      .slice(0, most),
  );
  return rows.filter((_, index) => kept.has(index));
}
