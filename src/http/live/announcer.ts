// Changes of outcome as one sentence, not more often than a person can listen to.
import { outcomeView } from '../../core/status-view.ts';
import { count } from '../../core/words-names.ts';
import type { UnitStatus } from '../../model/status.ts';

const SILENCE_MS = 5000;

export interface Announcement {
  sentence: string | null;
  /** When to ask again, for something is held back; null when nothing is. */
  againInMs: number | null;
}

/** Compares with what was last said, so nothing is lost by waiting. */
export function createAnnouncer(
  units: readonly UnitStatus[],
): (units: readonly UnitStatus[], nowMs: number) => Announcement {
  const outcomesOf = (list: readonly UnitStatus[]) =>
    new Map(list.map(({ unit, outcome }) => [unit, outcome]));
  let before = outcomesOf(units);
  let saidMs = Number.NEGATIVE_INFINITY;
  return (now, nowMs) => {
    const changed = now.filter(({ unit, outcome }) => before.has(unit) && before.get(unit) !== outcome);
    const [first] = changed;
    if (first !== undefined && nowMs - saidMs < SILENCE_MS)
      return { sentence: null, againInMs: SILENCE_MS - (nowMs - saidMs) };
    before = outcomesOf(now);
    if (first === undefined) return { sentence: null, againInMs: null };
    saidMs = nowMs;
    const one = `${first.unit} is ${outcomeView(first.outcome).word}.`;
    const sentence = changed.length === 1 ? one : `${count(changed.length, 'workload')} changed their state.`;
    return { sentence, againInMs: null };
  };
}
