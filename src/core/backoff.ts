// How long to wait before the next try: doubling, capped, and spread so that many do not come at once.

const FIRST_MS = 2_000;
const MOST_MS = 300_000;

/** `attempt` counts from 1; `chance` is 0 ≤ x < 1. Half of the time is fixed, half is jitter. `firstMs` is the manifest's own. */
export function backoffMs(attempt: number, chance: number, firstMs: number | null = null): number {
  const full = Math.min(MOST_MS, (firstMs ?? FIRST_MS) * 2 ** Math.min(attempt - 1, 20));
  return Math.round(full / 2 + (full / 2) * chance);
}
