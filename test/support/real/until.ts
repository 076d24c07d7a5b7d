// Waits for a state by looking again and again: a test never sleeps and hopes.
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Calls `look` until it answers with something else than undefined or false, and answers with that.
 * Throws after `timeoutMs` (a limit against hanging, not an expectation), naming what was waited for.
 */
export async function until<T>(options: {
  /** Ends the sentence "Waited … for", e.g. `the registry to answer`. */
  readonly what: string;
  readonly look: () => Promise<T | undefined | false> | T | undefined | false;
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}): Promise<T> {
  const { what, look, timeoutMs = 30_000, everyMs = 25 } = options;
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline)
      throw new Error(`Waited ${timeoutMs / 1000} s for ${what}.`, { cause: lastError });
    await delay(everyMs);
  }
}
