// How long a deploy and its steps usually take: the median of the last good ones.
import type { DeployRow } from '../../model/record.ts';

const MOST = 10;

export interface Usual {
  /** Null where none has succeeded yet. */
  totalMs: number | null;
  stepsMs: ReadonlyMap<string, number>;
}

export function usualTimes(deploys: readonly DeployRow[]): Usual {
  const good = deploys.filter(({ status }) => status === 'success').slice(0, MOST);
  const totals = good.flatMap(({ startedAtMs, finishedAtMs }) =>
    finishedAtMs === null ? [] : [finishedAtMs - startedAtMs],
  );
  const times = new Map<string, number[]>();
  for (const { name, startedAtMs, finishedAtMs } of good.flatMap(({ steps }) => steps)) {
    if (startedAtMs === null || finishedAtMs === null) continue;
    times.set(name, [...(times.get(name) ?? []), finishedAtMs - startedAtMs]);
  }
  const medians = [...times].map(([name, list]) => [name, median(list) ?? 0] as const);
  return { totalMs: median(totals), stepsMs: new Map(medians) };
}

function median(list: readonly number[]): number | null {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
