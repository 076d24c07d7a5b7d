// A clock that stands still until a test moves it, with chance that repeats.
import type { Clock } from '../../src/ports/clock.ts';

export interface FakeClock extends Clock {
  /** Moves the time on, waking sleepers in order; each gets to run before the next one wakes. */
  advance(ms: number): Promise<void>;
  /** Sets the time without waking anyone: a clock that was corrected. */
  jump(nowMs: number): void;
  /** Number of sleepers. */
  sleeping(): number;
  /** The time at which the next sleeper wakes; null when nobody sleeps. */
  nextWakeMs(): number | null;
}

interface Sleeper {
  atMs: number;
  wake: () => void;
}

/** `random` gives the listed values in turn, for ever. */
export function createFakeClock(options: { startMs?: number; random?: readonly number[] } = {}): FakeClock {
  let nowMs = options.startMs ?? Date.parse('2026-11-21T14:00:00.000Z');
  const chances = options.random ?? [0.5];
  let chance = 0;
  const sleepers: Sleeper[] = [];

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper: Sleeper = { atMs: nowMs + Math.max(0, ms), wake };
      function wake(): void {
        signal?.removeEventListener('abort', abort);
        resolve();
      }
      function abort(): void {
        sleepers.splice(sleepers.indexOf(sleeper), 1);
        reject(signal?.reason);
      }
      signal?.addEventListener('abort', abort, { once: true });
      sleepers.push(sleeper);
    });
  }

  async function advance(ms: number): Promise<void> {
    const untilMs = nowMs + ms;
    await letOthersRun();
    for (let next = due(untilMs); next !== undefined; next = due(untilMs)) {
      nowMs = Math.max(nowMs, next.atMs);
      sleepers.splice(sleepers.indexOf(next), 1);
      next.wake();
      await letOthersRun();
    }
    nowMs = untilMs;
  }

  function due(untilMs: number): Sleeper | undefined {
    return sleepers.toSorted((a, b) => a.atMs - b.atMs).find((sleeper) => sleeper.atMs <= untilMs);
  }

  return {
    nowMs: () => nowMs,
    sleep,
    random: () => chances[chance++ % chances.length] ?? 0,
    advance,
    jump: (toMs) => {
      nowMs = toMs;
    },
    sleeping: () => sleepers.length,
    nextWakeMs: () => sleepers.toSorted((a, b) => a.atMs - b.atMs)[0]?.atMs ?? null,
  };
}

/** A turn of the event loop: all promises that can be settled are, then. */
function letOthersRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
