// Events that repeat the one before, told once with how often and for how long.
import type { EventRow } from '../model/record.ts';

export interface FoldedEvent {
  /** The newest of them. */
  event: EventRow;
  times: number;
  /** When the first of them was. */
  firstAtMs: number;
}

/** Oldest first, as they came. The same thing said of the same workload folds, whatever was said of others meanwhile. */
export function foldEvents(events: readonly EventRow[]): FoldedEvent[] {
  const last = new Map<string, FoldedEvent>();
  const folded: FoldedEvent[] = [];
  for (const event of events) {
    const subject = event.unit ?? event.reason;
    const before = last.get(subject);
    if (
      before !== undefined &&
      before.event.reason === event.reason &&
      before.event.message === event.message
    ) {
      before.event = event;
      before.times++;
      continue;
    }
    const made = { event, times: 1, firstAtMs: event.atMs };
    last.set(subject, made);
    folded.push(made);
  }
  return folded.sort((a, b) => a.event.id - b.event.id);
}
