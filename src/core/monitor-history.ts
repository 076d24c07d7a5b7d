// What the monitor of a stand-alone route has seen: how it is, since when, and the looks that are kept.
import type { MonitorRow } from '../model/record.ts';
import { time } from './json-envelope.ts';

/** What is read of the history for one route: enough for bars and for since when. */
export const MOST_LOOKS = 50;

export interface MonitorHistory {
  state: MonitorRow['state'];
  /** The first look of this state in a row; where all that are kept say the same, the oldest of them. */
  sinceMs: number;
  last: MonitorRow;
}

/** `looks` newest first, as the store gives them; null without any. */
export function monitorHistory(looks: readonly MonitorRow[]): MonitorHistory | null {
  const [last] = looks;
  if (last === undefined) return null;
  const change = looks.findIndex(({ state }) => state !== last.state);
  const first = looks[(change < 0 ? looks.length : change) - 1] ?? last;
  return { state: last.state, sinceMs: first.atMs, last };
}

/** Null where nobody watches it, or nobody has looked yet. */
export function monitorJson(looks: readonly MonitorRow[]) {
  const history = monitorHistory(looks);
  if (history === null) return null;
  const { state, sinceMs, last } = history;
  return {
    state,
    since: time(sinceMs),
    /** Of the newest look that is kept: while nothing changes, one in ten minutes is. */
    recorded_at: time(last.atMs),
    duration_ms: last.durationMs,
    detail: last.detail,
    results: looks.map(({ atMs, ok, state: then, durationMs, detail }) => ({
      at: time(atMs),
      ok,
      state: then,
      duration_ms: durationMs,
      detail,
    })),
  };
}
