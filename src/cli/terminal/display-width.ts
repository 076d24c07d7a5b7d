// Fitting texts into cells of a terminal: cut at the end, cut in the middle, filled up.
import { cells, cutCells } from '../../core/code-frame-cells.ts';

/** Cells that a text takes. It holds no colour codes. */
export const displayWidth = cells;

/** Cut at the end to so many cells, with an ellipsis where something is missing. */
export function cutAtEnd(text: string, most: number): string {
  return cutCells(text, { from: 0, room: most }).replace(/\s+…$/, '…');
}

/** Cut in the middle: for paths and digests, where both ends tell something. */
export function cutInMiddle(text: string, most: number): string {
  if (cells(text) <= most) return text;
  const tail = [...text].slice(-Math.floor((most - 1) / 2)).join('');
  return `${cutCells(text, { from: 0, room: Math.max(1, most - cells(tail)) })}${tail}`;
}

/** Filled up with spaces at the end. */
export function padCells(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - cells(text)));
}
