// Numbers for whoever scrapes: only a process that serves has somebody to tell them to.
import { createSystemClock } from '../adapters/clock/system-clock.ts';
import type { Config } from '../model/config.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Store } from '../ports/store.ts';
import { VERSION } from './version.ts';

/** Loaded when it is served: the packages that count cost a single pass a tenth of its time. */
export async function openMetrics(config: Config, store: Store): Promise<Metrics> {
  const { createMetrics } = await import('../adapters/metrics/create-metrics.ts');
  return createMetrics({
    clock: createSystemClock(),
    store,
    version: VERSION,
    controller: config.controller,
  });
}

/** For a process that nobody can ask. */
export const NO_METRICS: Metrics = {
  passEnded() {},
  actionEnded() {},
  deployEnded() {},
  webhook() {},
  observe() {},
  async render() {
    return { contentType: 'text/plain', body: '' };
  },
};
