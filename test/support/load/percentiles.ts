// Figures from a load's samples: how long requests took while somebody switched, and while nobody did.
import type { Sample } from './load.ts';

export interface Span {
  startMs: number;
  endMs: number;
}

export interface SwitchCost {
  betweenP99Ms: number;
  duringP99Ms: number;
  /** Of the requests of all switches together, the unlucky ones among them too. */
  allP99Ms: number;
  ratio: number;
}

/** The value below which this part of them lies; NaN of none. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export const durations = (samples: readonly Sample[]): number[] =>
  samples.map(({ startMs, endMs }) => endMs - startMs);

/** Requests that were in flight at any moment of the span. */
export function during(samples: readonly Sample[], span: Span): Sample[] {
  return samples.filter(({ startMs, endMs }) => startMs <= span.endMs && endMs >= span.startMs);
}

/** Requests that were in flight at no moment of any of the spans. */
export function between(samples: readonly Sample[], spans: readonly Span[]): Sample[] {
  return samples.filter(
    ({ startMs, endMs }) => !spans.some((span) => startMs <= span.endMs && endMs >= span.startMs),
  );
}

/**
 * How the slow end of requests changes by a switch. The median over all switches, for one of them may fall together
 * with something else that the machine does.
 */
export function switchCost(samples: readonly Sample[], spans: readonly Span[]): SwitchCost {
  const betweenP99Ms = percentile(durations(between(samples, spans)), 0.99);
  const each = spans
    .map((span) => durations(during(samples, span)))
    .filter((values) => values.length > 0)
    .map((values) => percentile(values, 0.99));
  const duringP99Ms = percentile(each, 0.5);
  const all = samples.filter((sample) => spans.some((span) => during([sample], span).length > 0));
  const allP99Ms = percentile(durations(all), 0.99);
  return { betweenP99Ms, duringP99Ms, allP99Ms, ratio: duringP99Ms / betweenP99Ms };
}
