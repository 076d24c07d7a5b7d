// What Prometheus says of a canary while its step is held: beyond its bounds ends it, no answer keeps it, no data is only told.
import type { ActionOf } from '../../model/action.ts';
import type { CanaryMetric } from '../../model/desired.ts';
import { isFault } from '../../model/errors.ts';
import type { HandlerContext } from './context.ts';

export interface CanaryMetrics {
  /** Asks for those whose time has come, `all` at the end of a step. Resolves to why the version is bad, else null. */
  look(which: 'due' | 'all'): Promise<string | null>;
  /** Why something was not answered when it was asked last; null where all was. */
  away(): string | null;
  /** Names of those that never had a value. */
  withoutData(): string[];
}

export function watchMetrics(
  action: ActionOf<'holdCanary'>,
  { deps, signal, desired }: Pick<HandlerContext, 'deps' | 'signal' | 'desired'>,
): CanaryMetrics {
  const { clock, measures } = deps;
  const words = { container: action.container, unit: desired.unit, version: action.version };
  const states = action.metrics.map((metric) => ({
    metric,
    query: queryOf(metric, words),
    // Not at once: what a rate is made from must be there first.
    dueMs: clock.nowMs() + metric.intervalMs,
    hasData: false,
    away: null as string | null,
  }));

  async function ask(state: (typeof states)[number]): Promise<string | null> {
    const { metric, query } = state;
    state.dueMs = clock.nowMs() + metric.intervalMs;
    if (measures === null) {
      state.away = 'no Prometheus is configured any more';
      return null;
    }
    try {
      const values = await measures.ask(query, signal);
      state.away = null;
      if (values.length > 0) state.hasData = true;
      return judge(metric, values);
    } catch (error) {
      signal.throwIfAborted();
      const told = error instanceof Error ? error.message : String(error);
      if (isFault(error) && error.disposition !== 'retry') return `${metric.name}: ${told}`;
      state.away = told;
      return null;
    }
  }

  return {
    async look(which) {
      const now = clock.nowMs();
      const due = states.filter(({ dueMs }) => which === 'all' || dueMs <= now);
      const told = await Promise.all(due.map(ask));
      return told.find((why) => why !== null) ?? null;
    },
    away: () => states.find(({ away }) => away !== null)?.away ?? null,
    withoutData: () => states.filter(({ hasData }) => !hasData).map(({ metric }) => metric.name),
  };
}

/** Container, unit and version are made of letters, digits and `.:/_-`: they end no text of PromQL. */
function queryOf({ query }: CanaryMetric, words: Readonly<Record<string, string>>): string {
  return query.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (whole, word: string) => words[word] ?? whole);
}

/** Null where every value is within. */
function judge({ name, min, max }: CanaryMetric, values: readonly number[]): string | null {
  const high = max === null ? undefined : values.find((value) => value > max);
  if (high !== undefined) return `${name} is ${shown(high)}, more than ${max}`;
  const low = min === null ? undefined : values.find((value) => value < min);
  return low === undefined ? null : `${name} is ${shown(low)}, less than ${min}`;
}

function shown(value: number): string {
  return String(Number.isFinite(value) ? Number(value.toPrecision(4)) : value);
}
