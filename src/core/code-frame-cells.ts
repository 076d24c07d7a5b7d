// How many cells of a terminal a text takes, and the piece of it that fits into some.

/** Wide: East Asian scripts and emoji take two cells. (Ranges: Unicode 16, East Asian Width W and F.) */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{17000}-\u{18CFF}\u{1B000}-\u{1B16F}\u{1F300}-\u{1F64F}\u{1F680}-\u{1F6FF}\u{1F900}-\u{1F9FF}\u{1FA70}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;
/** Takes no cell of its own: accents, joiners, variation selectors. */
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

export function cells(text: string): number {
  let count = 0;
  for (const character of text) count += cellsOf(character);
  return count;
}

/** The part of a text that begins at a cell and fits into the room, with `…` where something is cut off. */
export function cutCells(text: string, { from, room }: { from: number; room: number | null }): string {
  if (room === null || (from === 0 && cells(text) <= room)) return text;
  let at = 0;
  let shown = '';
  let used = 0;
  let isCut = false;
  for (const character of text) {
    const width = cellsOf(character);
    const start = at;
    at += width;
    if (start < from) continue;
    // A wide character that is cut in two leaves a cell, or the caret would be off by one.
    if (shown === '' && start > from) {
      shown = ' '.repeat(start - from);
      used = start - from;
    }
    if (used + width > room) {
      isCut = true;
      break;
    }
    shown += character;
    used += width;
  }
  const left = from > 0 && shown !== '' ? marked([...shown], 'first') : shown;
  return isCut && left !== '' ? marked([...left], 'last') : left;
}

/** Replaces a character by `…`, and fills up the second cell of a wide one so that the caret stays right. */
function marked(characters: string[], which: 'first' | 'last'): string {
  const removed = (which === 'first' ? characters.shift() : characters.pop()) ?? '';
  const fill = ' '.repeat(Math.max(0, cellsOf(removed) - 1));
  return which === 'first' ? `…${fill}${characters.join('')}` : `${characters.join('')}…`;
}

function cellsOf(character: string): number {
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
