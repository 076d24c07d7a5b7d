// The numbers of this process in the formats that Prometheus reads.
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Overview } from '../../model/status.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Store } from '../../ports/store.ts';
import { createEventMetrics } from './event-metrics.ts';
import { OPEN_METRICS, toOpenMetrics, wantsOpenMetrics, withNaN } from './open-metrics.ts';
import { createStateMetrics } from './state-metrics.ts';

/** Gauges that are called `…_total`, which OpenMetrics keeps for counters, and that say little. */
const MISNAMED = [
  'nodejs_active_resources_total',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
];

/** A registry of its own, so that two controllers in one process (tests) do not add up. */
export function createMetrics(options: {
  clock: Pick<Clock, 'nowMs'>;
  version: string;
  controller: string;
  store: Pick<Store, 'containerCounts'>;
}): Metrics {
  const { clock, version, controller, store } = options;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const events = createEventMetrics({ registry, clock });
  const state = createStateMetrics({ registry, clock, store, build: { version, controller } });
  let newest: Overview | null = null;

  return {
    ...events,
    // Kept, not counted: a pass over ten thousand containers should not pay for a scrape that may never come.
    observe: (overview) => {
      newest = overview;
    },
    async render(accept) {
      state.fill(newest);
      const text = withNaN(await registry.metrics());
      return wantsOpenMetrics(accept)
        ? { contentType: OPEN_METRICS, body: toOpenMetrics(text) }
        : { contentType: registry.contentType, body: text };
    },
  };
}
