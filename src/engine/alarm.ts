// What wakes the loop, and how long it rests until then: bursts come together, and an engine that is busy is left alone.
import type { Clock } from '../ports/clock.ts';

/** Bursts of events make one pass. */
const QUIET_MS = 60;
/** While units are at work, passes take at most a quarter of the time: each asks the engine that is busy with the work. */
const BUSY_SHARE = 3;
const BUSY_QUIET_MS = 1_000;
/** Where no workload waits for another one: a pass meanwhile only writes down what has ended. */
const NOBODY_WAITS_MS = 5_000;

export interface Alarm {
  /**
   * Rings for a reason; whoever rests gets up. What work under way brings about by itself can wait for its end; what is
   * `whole`, such as a commit that was fetched, is not the first of a burst, so nobody waits for more of it.
   */
  ring(why: string, urgency?: 'now' | 'whole' | 'by work'): void;
  /** It has rung since it was last set. */
  readonly isDue: boolean;
  /** Forgets what it rang for: a pass that begins now sees all of it. */
  set(): void;
  /** Sleeps until it rings or for `untilMs`, then until what comes together has come. */
  rest(options: { untilMs: number; signal: AbortSignal }): Promise<void>;
  /** Lets the end of one piece of work be looked at together with others that end soon after. */
  gather(options: { someoneWaits: boolean; signal: AbortSignal }): Promise<void>;
}

export function createAlarm(deps: {
  clock: Clock;
  /** The work that goes on now. */
  busy(): readonly Promise<unknown>[];
  /** How long the last pass took. */
  passMs(): number;
}): Alarm {
  const { clock, busy, passMs } = deps;
  let wakeUp: (() => void) | null = null;
  let due: string[] = [];
  let urgent = false;
  let isBurst = false;

  async function quiet(pauseMs: number, signal: AbortSignal): Promise<void> {
    const work = busy();
    if (work.length === 0 || signal.aborted) return;
    const enough = new AbortController();
    const either = AbortSignal.any([signal, enough.signal]);
    await Promise.race([Promise.all(work), clock.sleep(pauseMs, either).catch(() => {})]);
    enough.abort();
  }

  const busyQuietMs = (): number => Math.min(BUSY_QUIET_MS, Math.max(QUIET_MS, passMs() * BUSY_SHARE));

  return {
    ring(why, urgency = 'now') {
      due.push(why);
      urgent ||= urgency !== 'by work';
      isBurst ||= urgency !== 'whole';
      wakeUp?.();
    },
    get isDue() {
      return due.length > 0;
    },
    set() {
      due = [];
      urgent = false;
      isBurst = false;
    },
    async rest({ untilMs, signal }) {
      const pause = new AbortController();
      const stopResting = (): void => pause.abort();
      signal.addEventListener('abort', stopResting, { once: true });
      wakeUp = stopResting;
      if (due.length === 0 && !signal.aborted) await clock.sleep(untilMs, pause.signal).catch(() => {});
      wakeUp = null;
      signal.removeEventListener('abort', stopResting);
      if (due.length > 0 && !signal.aborted) {
        // What is told in this very turn comes with it in any case.
        await new Promise((resolve) => setImmediate(resolve));
        if (isBurst) await clock.sleep(QUIET_MS, signal).catch(() => {});
        await quiet(urgent ? busyQuietMs() : BUSY_QUIET_MS, signal);
      }
    },
    gather: ({ someoneWaits, signal }) => quiet(someoneWaits ? busyQuietMs() : NOBODY_WAITS_MS, signal),
  };
}
