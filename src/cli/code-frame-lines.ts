// A piece of a manifest with a caret under the place that a problem is about.
import { displayWidth } from './terminal/display-width.ts';

export interface CodeFrame {
  text: string;
  /** From 1. */
  line: number;
  /** From 1, in characters of the line. */
  column: number;
  /** Behind the caret. */
  message: string;
  /** Cells; null for as wide as it takes. */
  width: number | null;
  paintCaret: (text: string) => string;
}

const TAB = '  ';
/** Beyond this a caret does not say more. */
const LONGEST_CARET = 40;

/** Three lines of code at most, and the caret's line; tabs are shown as spaces. */
export function codeFrameLines(frame: CodeFrame): string[] {
  const lines = frame.text.split(/\r?\n/);
  const code = lines[frame.line - 1];
  if (code === undefined) return [];
  const gutter = String(Math.min(lines.length, frame.line + 1)).length + 2;
  const room = frame.width === null ? null : Math.max(20, frame.width - gutter - 3);
  const before = code.slice(0, frame.column - 1).replaceAll('\t', TAB);
  const shift = room === null ? 0 : Math.max(0, displayWidth(before) - Math.floor(room / 2));
  const row = (number: number): string[] => {
    const text = lines[number - 1];
    if (text === undefined || (number > frame.line && text.trim() === '')) return [];
    return [
      `${String(number).padStart(gutter)} │ ${window(text.replaceAll('\t', TAB), shift, room)}`.trimEnd(),
    ];
  };
  const word = /^[\w.$/-]+|^./u.exec(code.slice(frame.column - 1))?.[0] ?? ' ';
  const caret = '^'.repeat(Math.min(LONGEST_CARET, Math.max(1, displayWidth(word))));
  const indent = ' '.repeat(Math.max(0, displayWidth(before) - shift));
  return [
    ...(frame.line > 1 ? row(frame.line - 1) : []),
    ...row(frame.line),
    `${' '.repeat(gutter)} │ ${indent}${frame.paintCaret(caret)} ${frame.message}`,
    ...row(frame.line + 1),
  ];
}

function window(text: string, shift: number, room: number | null): string {
  if (room === null) return text;
  const characters = [...text];
  const shown = characters.slice(shift, shift + room).join('');
  const left = shift > 0 && shown !== '' ? `…${shown.slice(1)}` : shown;
  return characters.length > shift + room ? `${left.slice(0, -1)}…` : left;
}
