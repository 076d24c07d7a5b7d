// A piece of a text with a caret under the place that a problem is about, cut to the width there is.
import { cells, cutCells } from './code-frame-cells.ts';

export interface CodeFrameInput {
  text: string;
  /** From 1. */
  line: number;
  /** From 1, in characters of the line. */
  column: number;
  /** Behind the caret. */
  message: string;
  /** Cells of the whole frame; null for as wide as it takes. */
  width: number | null;
}

/** One row; the caret's row has no number. Put together by `frameText`, or painted by whoever can. */
export type FrameRow =
  | { type: 'code'; number: number; text: string }
  | { type: 'caret'; indent: number; caret: string; message: string };

const TAB = '  ';
/** Beyond this a caret does not say more. */
const LONGEST_CARET = 40;
const SMALLEST_ROOM = 20;

/** The line with one of context on each side; none where the text has no such line. Blank context is left out. */
export function codeFrame({ text, line, column, message, width }: CodeFrameInput): FrameRow[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const code = lines[line - 1];
  if (code === undefined) return [];
  const room = width === null ? null : Math.max(SMALLEST_ROOM, width - gutterOf(line) - 3);
  const before = cells(spaced([...code].slice(0, column - 1).join('')));
  // The caret stands in the first half of what is shown, so that what follows it can be read.
  const from = room === null || before < room / 2 ? 0 : before - Math.floor(room / 2);
  const row = (number: number): FrameRow[] => {
    const shown = lines[number - 1];
    if (shown === undefined || (number !== line && shown.trim() === '')) return [];
    return [{ type: 'code', number, text: cutCells(spaced(shown), { from, room }) }];
  };
  const word =
    /^(?:"[^"]*"|'[^']*'|[\p{L}\p{N}_.$/-]+|.)/u.exec([...code].slice(column - 1).join(''))?.[0] ?? ' ';
  const space = room === null ? LONGEST_CARET : Math.max(1, Math.min(LONGEST_CARET, room - (before - from)));
  const caret = '^'.repeat(Math.min(space, Math.max(1, cells(spaced(word)))));
  return [
    ...row(line - 1),
    ...row(line),
    { type: 'caret', indent: before - from, caret, message },
    ...row(line + 1),
  ];
}

/** The frame as lines of text, without colour. */
export function frameText(rows: readonly FrameRow[]): string[] {
  const last = Math.max(0, ...rows.map((row) => (row.type === 'code' ? row.number : 0)));
  const gutter = gutterOf(last);
  return rows.map((row) =>
    row.type === 'code'
      ? `${String(row.number).padStart(gutter)} │ ${row.text}`.trimEnd()
      : `${' '.repeat(gutter)} │ ${' '.repeat(row.indent)}${row.caret} ${row.message}`.trimEnd(),
  );
}

/** Two spaces, and the widest number that can be in the frame. */
function gutterOf(line: number): number {
  return String(line).length + 2;
}

/** Tabs have no width of their own on a screen, and other control characters have no place there. */
function spaced(text: string): string {
  return text.replaceAll('\t', TAB).replaceAll(/\p{Cc}/gu, '?');
}
