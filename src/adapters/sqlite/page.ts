// How much of a long list is read at once.
import type { Page } from '../../ports/store.ts';

const MOST = 1_000;

/** At least one row and at most a thousand, whatever was asked for. */
export function limitOf(page: Page): number {
  const limit = Math.trunc(page.limit);
  return Number.isNaN(limit) ? 1 : Math.min(Math.max(limit, 1), MOST);
}
