// What is counted when it happens: passes, actions, deploys, webhook deliveries.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';

const PASS_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const ACTION_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const DEPLOY_BUCKETS = [1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800];

/** A label whose values come from outside could fill the memory of whoever stores the series. */
const MOST_LABEL_VALUES = 100;

type EventMetrics = Pick<Metrics, 'passEnded' | 'actionEnded' | 'deployEnded' | 'webhook'>;

export function createEventMetrics(options: {
  registry: Registry;
  clock: Pick<Clock, 'nowMs'>;
}): EventMetrics {
  const { registry, clock } = options;
  const registers = [registry];
  const passes = new Counter({
    name: 'tinyforge_reconcile_passes_total',
    help: 'Passes that ended, by result.',
    labelNames: ['result'],
    registers,
  });
  const passSeconds = new Histogram({
    name: 'tinyforge_reconcile_duration_seconds',
    help: 'How long passes took.',
    buckets: PASS_BUCKETS,
    registers,
  });
  const lastSuccess = new Gauge({
    name: 'tinyforge_reconcile_last_success_timestamp_seconds',
    help: 'When the last pass without an error ended; 0 before the first.',
    registers,
  });
  const actions = new Counter({
    name: 'tinyforge_actions_total',
    help: 'Actions that ended, by type and result.',
    labelNames: ['type', 'result'],
    registers,
  });
  const actionSeconds = new Histogram({
    name: 'tinyforge_action_duration_seconds',
    help: 'How long actions took, by type.',
    labelNames: ['type'],
    buckets: ACTION_BUCKETS,
    registers,
  });
  const deploys = new Counter({
    name: 'tinyforge_deploys_total',
    help: 'Deploys that ended, by kind of workload and result.',
    labelNames: ['kind', 'result'],
    registers,
  });
  const deploySeconds = new Histogram({
    name: 'tinyforge_deploy_duration_seconds',
    help: 'How long deploys took, by kind of workload and result.',
    labelNames: ['kind', 'result'],
    buckets: DEPLOY_BUCKETS,
    registers,
  });
  const deliveries = new Counter({
    name: 'tinyforge_webhook_deliveries_total',
    help: 'Webhook deliveries, by hook and by what became of them.',
    labelNames: ['hook', 'result'],
    registers,
  });
  const hookLabel = createBoundedLabel();

  return {
    passEnded({ durationMs, result }) {
      passes.inc({ result });
      passSeconds.observe(durationMs / 1000);
      if (result === 'success') lastSuccess.set(clock.nowMs() / 1000);
    },
    actionEnded({ type, durationMs, result }) {
      actions.inc({ type, result });
      actionSeconds.observe({ type }, durationMs / 1000);
    },
    deployEnded({ kind, result, durationMs }) {
      deploys.inc({ kind, result });
      deploySeconds.observe({ kind, result }, durationMs / 1000);
    },
    webhook: ({ hook, result }) => deliveries.inc({ hook: hookLabel(hook), result }),
  };
}

/** The value itself for the first hundred different ones, `other` for all that come later. */
function createBoundedLabel(): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.size < MOST_LABEL_VALUES) known.add(value);
    return known.has(value) ? value : 'other';
  };
}
