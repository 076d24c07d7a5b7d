// The real time and real chance.
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.ts';

/** A timer of the runtime that is asked for more than this fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function createSystemClock(): Clock {
  return { nowMs: () => Date.now(), sleep, random: () => Math.random() };
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  let leftMs = Math.max(0, ms);
  do {
    const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
    await waitOnce(stepMs, signal);
    leftMs -= stepMs;
  } while (leftMs > 0);
}

async function waitOnce(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await wait(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    // The runtime rejects with an AbortError of its own; callers compare with the signal's reason.
    if (signal?.aborted) throw signal.reason;
    throw error;
  }
}
