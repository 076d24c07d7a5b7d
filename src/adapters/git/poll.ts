// Looks at a source again and again, at times that spread, and less often while it fails.
import type { Clock } from '../../ports/clock.ts';

const LONGEST_BACKOFF_MS = 5 * 60_000;

/**
 * How long to wait before the next look: `pollMs`, doubled with each failure after the first, up to 5 minutes (or
 * `pollMs`, where that is longer). Without jitter, which `startPolling` adds.
 */
export function pollDelayMs(pollMs: number, failures: number): number {
  return Math.min(
    pollMs * 2 ** Math.min(Math.max(failures - 1, 0), 20),
    Math.max(pollMs, LONGEST_BACKOFF_MS),
  );
}

/** Looks at once and then on and on, until the returned stop, which resolves when the last look has ended. */
export function startPolling(options: {
  clock: Clock;
  /** Must not reject but for its signal. */
  look(signal: AbortSignal): Promise<void>;
  delayMs(): number;
}): () => Promise<void> {
  const { clock, look, delayMs } = options;
  const stop = new AbortController();
  const loop = async () => {
    while (!stop.signal.aborted) {
      await look(stop.signal);
      // A tenth to either side, so that many sources of one host do not come all at once.
      await clock.sleep(delayMs() * (0.9 + 0.2 * clock.random()), stop.signal);
    }
  };
  const ended = loop().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  return async () => {
    stop.abort(new Error('The source is not watched any more.'));
    await ended;
  };
}
