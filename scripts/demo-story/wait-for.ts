// Waits for a state by looking again and again, until it is there, a limit is reached, or somebody wants to stop.
import { setTimeout as delay } from 'node:timers/promises';

export interface Wait<T> {
  /** Ends the sentence "Waited … for", e.g. `demo-docs to be converged`. */
  readonly what: string;
  /** Answers with undefined or false for "not yet". An error counts as "not yet" and is told when the limit is reached. */
  readonly look: () => Promise<T | undefined | false>;
  readonly signal: AbortSignal;
  /** A limit against hanging, not an expectation. */
  readonly timeoutMs?: number;
}

const everyMs = 50;

/** Throws after the limit, naming what was waited for; throws the signal's reason when it is aborted. */
export async function waitFor<T>({ what, look, signal, timeoutMs = 90_000 }: Wait<T>): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    let trouble: unknown;
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
    } catch (error) {
      trouble = error;
    }
    if (performance.now() > deadline)
      throw new Error(
        `Waited ${timeoutMs / 1000} s for ${what}.`,
        trouble === undefined ? {} : { cause: trouble },
      );
    await delay(everyMs, undefined, { signal });
  }
}
