// Tables that fit: long cells are cut, columns go from the right by their rank, and rows are never wrapped.
import { cutAtEnd, cutInMiddle, displayWidth } from './display-width.ts';

export interface Column {
  title: string;
  /** 0 stays for ever; of the others the highest goes first when there is no room. */
  drop: number;
  cut: 'never' | 'end' | 'middle';
  /** Cells that a cut column keeps. */
  least?: number;
}

export interface Cell {
  text: string;
  /** Puts colour around the text after it has been cut and padded; absent for none. */
  paint?: (text: string) => string;
}

export interface TableOptions {
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
  /** Cells; null for as wide as it takes. */
  width: number | null;
  /** Spaces between columns. */
  gap: number;
  paintTitle?: (text: string) => string;
}

/** Lines without newlines; the title line is the first. */
export function tableLines({ columns, rows, width, gap, paintTitle }: TableOptions): string[] {
  const layout = fit(columns, rows, { width, gap });
  const titles = columns.map((column) => ({
    text: column.title,
    ...(paintTitle ? { paint: paintTitle } : {}),
  }));
  return [titles, ...rows].map((row) => rowLine(columns, row, layout, gap));
}

/** Cells per column; null for a column that was dropped. */
type Layout = (number | null)[];

function rowLine(columns: readonly Column[], row: readonly Cell[], layout: Layout, gap: number): string {
  const shown = columns.flatMap((column, index) => {
    const cells = layout[index];
    const cell = row[index];
    return cells == null || cell === undefined ? [] : [{ column, cell, cells }];
  });
  return shown
    .map(({ column, cell, cells }, index) => {
      const text = column.cut === 'middle' ? cutInMiddle(cell.text, cells) : cutAtEnd(cell.text, cells);
      const painted = cell.paint === undefined ? text : cell.paint(text);
      const last = index === shown.length - 1;
      return last ? painted : painted + ' '.repeat(cells - displayWidth(text) + gap);
    })
    .join('')
    .trimEnd();
}

function fit(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  room: { width: number | null; gap: number },
): Layout {
  const layout: Layout = columns.map((column, index) =>
    Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[index]?.text ?? ''))),
  );
  const { width, gap } = room;
  if (width === null) return layout;
  while (total(layout, gap) > width) {
    if (total(squeezed(columns, layout), gap) <= width) return squeeze(columns, layout, { width, gap });
    const drop = columns
      .map((column, index) => ({ index, drop: layout[index] === null ? 0 : column.drop }))
      .filter((candidate) => candidate.drop > 0)
      .sort((a, b) => b.drop - a.drop || b.index - a.index)[0];
    if (drop === undefined) return squeezed(columns, layout);
    layout[drop.index] = null;
  }
  return layout;
}

function total(layout: Layout, gap: number): number {
  const shown = layout.filter((cells) => cells !== null);
  return shown.reduce((sum, cells) => sum + cells, 0) + gap * Math.max(0, shown.length - 1);
}

function leastOf(column: Column, cells: number): number {
  if (column.cut === 'never') return cells;
  return Math.min(cells, Math.max(column.least ?? 12, displayWidth(column.title)));
}

function squeezed(columns: readonly Column[], layout: Layout): Layout {
  return layout.map((cells, index) => {
    const column = columns[index];
    return cells === null || column === undefined ? cells : leastOf(column, cells);
  });
}

/** Takes what is too much from the widest column that can give, again and again. */
function squeeze(columns: readonly Column[], layout: Layout, room: { width: number; gap: number }): Layout {
  const result = [...layout];
  for (let excess = total(result, room.gap) - room.width; excess > 0; excess--) {
    let widest = -1;
    columns.forEach((column, index) => {
      const cells = result[index];
      if (cells == null || cells <= leastOf(column, cells) || cells <= leastOf(column, layout[index] ?? 0))
        return;
      if (widest < 0 || cells > (result[widest] ?? 0)) widest = index;
    });
    const cells = result[widest];
    if (cells == null) break;
    result[widest] = cells - 1;
  }
  return result;
}
