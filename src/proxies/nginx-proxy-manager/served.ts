// Waits until the live workers serve what was written: seen several times in a row, each time on a connection of its own.
import type { RouteWish } from '../../model/route.ts';
import type { Clock } from '../../ports/clock.ts';
import { networkWords } from '../exchange.ts';
import type { Asking, Who } from './asking.ts';
import { routeNotServed } from './failures.ts';

/**
 * nginx has several workers, and those that leave answer a little longer: 105 to 122 ms were seen. One after the other:
 * idle workers take connections in turn, so each of them is asked; of several at once, one who has slept takes none.
 */
const IN_A_ROW = 30;
/** Where answers are slow, fewer of them do after that time: longer than anybody was seen to stay. */
const FEW_IN_A_ROW = 10;
const LONG_MS = 250;
/** At first a deploy waits for the reload that comes any moment; after that, for one that may not come. */
const PAUSE_MS = 5;
const LATER_PAUSE_MS = 40;
const SOON_MS = 500;

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
  const startedMs = clock.nowMs();
  const endsMs = startedMs + timeoutMs;
  let inARow = 0;
  let sinceMs = startedMs;
  let last = 'nothing was answered';
  for (;;) {
    try {
      const who = await asking.who(wish, { preview: null, signal });
      inARow = who?.revision === revision ? inARow + 1 : 0;
      if (inARow === 1) sinceMs = clock.nowMs();
      const enough = clock.nowMs() - sinceMs >= LONG_MS ? FEW_IN_A_ROW : IN_A_ROW;
      if (inARow >= enough) return;
      last = words(who);
    } catch (error) {
      signal.throwIfAborted();
      inARow = 0;
      last = networkWords(error);
    }
    if (inARow === 0) {
      const nowMs = clock.nowMs();
      if (nowMs >= endsMs) throw routeNotServed(wish.domains[0] ?? wish.key, last);
      await clock.sleep(nowMs < startedMs + SOON_MS ? PAUSE_MS : LATER_PAUSE_MS, signal);
    }
  }
}

function words(who: Who | null): string {
  if (who === null) return 'its name is answered by something else';
  return `its workers still send to ${who.upstream}`;
}
