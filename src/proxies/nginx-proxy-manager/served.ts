// Waits until the live workers serve what was written: seen several times in a row, each time on a connection of its own.
import type { RouteWish } from '../../model/route.ts';
import type { Clock } from '../../ports/clock.ts';
import { networkWords } from '../exchange.ts';
import type { Asking, Who } from './asking.ts';
import { routeNotServed } from './failures.ts';

/** nginx has several workers, and those that leave answer a little longer: 105 to 122 ms were seen. */
const IN_A_ROW = 5;
const PAUSE_MS = 40;

export interface ServedDeps {
  asking: Asking;
  clock: Clock;
}

export interface Expected {
  revision: string;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Faults: RouteNotServed (retry), with what was answered instead. */
export async function untilServed(
  wish: RouteWish,
  { revision, timeoutMs, signal }: Expected,
  { asking, clock }: ServedDeps,
): Promise<void> {
  const endsMs = clock.nowMs() + timeoutMs;
  let inARow = 0;
  let last = 'nothing was answered';
  for (;;) {
    try {
      const who = await asking.who(wish, { preview: null, signal });
      inARow = who?.revision === revision ? inARow + 1 : 0;
      if (inARow >= IN_A_ROW) return;
      last = words(who);
    } catch (error) {
      signal.throwIfAborted();
      inARow = 0;
      last = networkWords(error);
    }
    if (inARow === 0) {
      if (clock.nowMs() >= endsMs) throw routeNotServed(wish.domains[0] ?? wish.key, last);
      await clock.sleep(PAUSE_MS, signal);
    }
  }
}

function words(who: Who | null): string {
  if (who === null) return 'its name is answered by something else';
  return `its workers still send to ${who.upstream}`;
}
