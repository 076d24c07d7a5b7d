// One frame of the progress on a terminal: a title, and a line per unit with its time at the right edge.
import { duration } from '../core/time-words.ts';
import type { ProgressRow } from './progress-rows.ts';
import { cutCells, displayWidth, padCells } from './terminal/display-width.ts';
import type { Screen } from './terminal/screen.ts';

const STEP_WIDTH = 9;

export interface Frame {
  title: string;
  elapsedMs: number;
  rows: readonly ProgressRow[];
  /** Lines that fit; the finished ones give way first, one that failed never does. */
  height: number;
}

/** Lines without newlines, none wider than the screen. Names are never cut. */
export function frameLines({ title, elapsedMs, rows, height }: Frame, screen: Screen): string[] {
  const width = screen.width() ?? 80;
  const shown = fold(rows, Math.max(1, height - 2));
  const nameWidth = Math.max(0, ...shown.map((row) => displayWidth(row.unit)));
  const hidden = rows.length - shown.length;
  return [
    atBothEnds(title, duration(Math.floor(elapsedMs / 1000) * 1000), width),
    ...shown.map((row) => rowLine(row, nameWidth, { screen, width })),
    ...(hidden > 0 ? [`  … ${hidden} more`] : []),
  ];
}

function rowLine(
  row: ProgressRow,
  nameWidth: number,
  { screen, width }: { screen: Screen; width: number },
): string {
  const shape = screen.glyph(row.view);
  const margin = shape === '' ? 0 : 2;
  const start = `${padCells(row.unit, nameWidth)}   ${padCells(row.step, STEP_WIDTH)}`;
  const time = duration(Math.floor(row.elapsedMs / 1000) * 1000);
  const room = width - margin - displayWidth(start) - 2 - time.length - 2;
  const detail = room > 3 ? cutCells(row.detail, room) : '';
  const plain = atBothEnds(`${start}  ${detail}`, time, width - margin);
  const step = row.unit.length + (nameWidth - displayWidth(row.unit)) + 3;
  const painted =
    plain.slice(0, step) + screen.colour(row.view.tone, row.step) + plain.slice(step + row.step.length);
  return shape + painted;
}

function atBothEnds(left: string, right: string, width: number): string {
  const cut = cutCells(left, Math.max(1, width - right.length - 2));
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
