// Shares of the requests as patterns of two hexadecimal digits, for a proxy that can compare texts and not numbers. Pure.

/** Two hexadecimal digits: a share is counted in 256ths. */
const WHOLE = 256;

/**
 * For each of `count` equal shares but the first, a pattern for the first two digits of `$request_id`. What no pattern
 * takes is the first share.
 */
export function evenShares(count: number): string[] {
  const edge = (index: number): number => Math.round((index * WHOLE) / count);
  return Array.from({ length: count - 1 }, (_, index) =>
    alternatives(range(edge(index + 1), edge(index + 2)), DIGITS.lower),
  );
}

/**
 * A pattern for two upper-case digits that count up by one from client to client. The bits are turned round, so that any
 * share is spread evenly over neighbours, and a larger one has all the clients of a smaller one. At least 1/256.
 */
export function spreadShare(share: number): string {
  const wanted = Math.min(WHOLE, Math.max(1, Math.round(share * WHOLE)));
  return alternatives(
    range(0, WHOLE).filter((value) => turnRound(value) < wanted),
    DIGITS.upper,
  );
}

const DIGITS = { lower: '0123456789abcdef', upper: '0123456789ABCDEF' };

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function turnRound(value: number): number {
  let turned = 0;
  for (let bit = 0; bit < 8; bit += 1) if ((value & (1 << bit)) !== 0) turned |= 128 >> bit;
  return turned;
}

/** `(?:[0-3][0-9a-f]|4[01])`: digits that take the same second ones share a class. */
function alternatives(values: readonly number[], digits: string): string {
  const seconds = Map.groupBy(values, (value) => value >> 4);
  const byClass = Map.groupBy(seconds, ([, those]) => those.map((value) => digits[value & 15]).join(''));
  const parts = [...byClass].map(
    ([second, firsts]) => `${oneOf(firsts.map(([first]) => digits[first] ?? '').join(''))}${oneOf(second)}`,
  );
  return `(?:${parts.join('|')})`;
}

function oneOf(letters: string): string {
  return letters.length === 1 ? letters : `[${letters}]`;
}
