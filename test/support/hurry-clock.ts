// A clock for tests of the whole loop: whoever sleeps moves the time on at once.
import type { Clock } from '../../src/ports/clock.ts';

export interface HurryClock extends Clock {
  advance(ms: number): void;
}

/** Sleeps longer than `patienceMs` do not end by themselves: the loop's own rest between passes. */
export function createHurryClock(options: { patienceMs?: number } = {}): HurryClock {
  const patienceMs = options.patienceMs ?? 25_000;
  let now = 1_800_000_000_000;
  return {
    nowMs: () => now,
    advance: (ms) => {
      now += ms;
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const stop = (): void => reject(signal?.reason as Error);
        if (signal?.aborted) return stop();
        if (ms > patienceMs) return signal?.addEventListener('abort', stop, { once: true });
        setImmediate(() => {
          if (signal?.aborted) return stop();
          now += ms;
          resolve();
        });
      });
    },
    random: () => 0.5,
  };
}
