// Lines and columns of a text, counted from 1, columns in characters and not in UTF-16 units.

export interface Position {
  line: number;
  column: number;
}

export interface LineIndex {
  at(offset: number): Position;
}

/** Finds lines by halving, so that a thousand problems of a long file cost no thousand scans. */
export function lineIndex(text: string): LineIndex {
  let starts: number[] | null = null;
  return {
    at(offset) {
      starts ??= lineStarts(text);
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      const before = text.slice(starts[low] ?? 0, offset);
      return { line: low + 1, column: [...before].length + 1 };
    },
  };
}

function lineStarts(text: string): number[] {
  // A byte order mark is no character that anybody sees.
  const starts = [text.startsWith('\uFEFF') ? 1 : 0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
