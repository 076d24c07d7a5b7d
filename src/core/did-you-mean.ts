// Finds the word that somebody meant: the nearest by edits, if it is near enough to be worth saying.

/** The nearest candidate, or null where none is near. Case, `-` and `_` count for nothing; `atMost` is in edits. */
export function nearest(word: string, candidates: Iterable<string>, atMost = 3): string | null {
  const wanted = fold(word);
  if (wanted.length === 0 || wanted.length > 64) return null;
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = edits(wanted, fold(candidate));
    if (distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { candidate, distance };
  }
  if (best === null) return null;
  // One slip in a short word, two in a longer one, three in a long one: more is another word.
  const allowed = Math.min(atMost, wanted.length <= 3 ? 1 : wanted.length <= 7 ? 2 : 3);
  return best.distance <= allowed && best.distance < wanted.length ? best.candidate : null;
}

/** ` Did you mean \`environment\`?`, or nothing. To be put after a sentence. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const candidate = nearest(word, candidates);
  return candidate === null ? '' : ` Did you mean \`${candidate}\`?`;
}

function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other. */
function edits(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
