// What the live workers tell of our lines: what they were made from, and which writing of it. Pure.
import { shortHash } from '../../core/canonical.ts';
import type { Row } from './fields.ts';
import { readMark } from './mark.ts';

const TURNS = 0x1_0000;
const TURN_DIGITS = 4;

/**
 * Each write has a turn of its own. A hand may change a host and leave our lines alone; putting it right would give the
 * same lines again, and workers that have not reloaded yet would be taken for those that have.
 */
export function revisionOf(content: unknown, turn: number): string {
  return `${shortHash(content).slice(0, 12)}${turn.toString(16).padStart(TURN_DIGITS, '0')}`;
}

/** That of the last write; null where the mark is gone, or was never there. */
export function turnOf(row: Row | null): number | null {
  const text = row === null ? undefined : readMark(row.meta)?.revision.slice(-TURN_DIGITS);
  return text !== undefined && /^[0-9a-f]{4}$/.test(text) ? Number.parseInt(text, 16) : null;
}

/** `chance` is 0 ≤ x < 1, for where nothing is known of the turns before. */
export function nextTurn(turn: number | null, chance: number): number {
  return turn === null ? Math.floor(chance * TURNS) : (turn + 1) % TURNS;
}
