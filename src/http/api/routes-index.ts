// GET /api/containers, /api/plan and /api/events: the index, the plan and the diary.
import { answer } from '../../core/json-envelope.ts';
import { eventJson } from '../../core/json-event.ts';
import { planJson } from '../../core/json-plan.ts';
import type { ContainerState } from '../../model/outcome.ts';
import type { WorkloadKind } from '../../model/unit.ts';
import type { HttpDeps } from '../deps.ts';
import type { Handlers } from '../handler.ts';
import { failure, success } from './envelope.ts';
import { containerJson } from './json-records.ts';
import { oneOf, readQuery, wholeNumber } from './query.ts';

const KINDS = ['project', 'stack', 'site', 'proxy'] as const satisfies readonly WorkloadKind[];
const STATES = [
  'running',
  'stopped',
  'failed',
  'removing',
  'missing',
] as const satisfies readonly ContainerState[];
const FLAGS = ['true', 'false'] as const;

export function indexRoutes(
  deps: Pick<HttpDeps, 'controller' | 'store' | 'clock'>,
): Handlers<'GET /api/containers' | 'GET /api/plan' | 'GET /api/events'> {
  const { controller, store, clock } = deps;
  return {
    'GET /api/containers': (c) => {
      const query = readQuery(c.req.url, ['workload_id', 'kind', 'state', 'app_id']);
      if (!query.ok) return failure(c, query.refusal);
      const kind = oneOf('kind', query.value.kind, KINDS);
      if (!kind.ok) return failure(c, kind.refusal);
      const state = oneOf('state', query.value.state, STATES);
      if (!state.ok) return failure(c, state.refusal);
      const rows = store.containers({
        workloadId: query.value.workload_id,
        kind: kind.value,
        state: state.value,
        appId: query.value.app_id,
      });
      return success(c, answer('ContainerList', clock.nowMs(), { items: rows.map(containerJson) }));
    },

    'GET /api/plan': async (c) => {
      const query = readQuery(c.req.url, ['fresh', 'prune']);
      if (!query.ok) return failure(c, query.refusal);
      const fresh = oneOf('value of fresh', query.value.fresh, FLAGS);
      if (!fresh.ok) return failure(c, fresh.refusal);
      const prune = oneOf('value of prune', query.value.prune, FLAGS);
      if (!prune.ok) return failure(c, prune.refusal);
      const plan = await controller.plan({ fresh: fresh.value === 'true', prune: prune.value === 'true' });
      return success(c, answer('Plan', clock.nowMs(), planJson(plan)));
    },

    'GET /api/events': (c) => {
      const query = readQuery(c.req.url, ['unit', 'limit', 'before_id']);
      if (!query.ok) return failure(c, query.refusal);
      const limit = wholeNumber('limit', query.value.limit, { min: 1, max: 500 });
      if (!limit.ok) return failure(c, limit.refusal);
      const beforeId = wholeNumber('before_id', query.value.before_id, { min: 1, max: 1e15 });
      if (!beforeId.ok) return failure(c, beforeId.refusal);
      const rows = store.events({
        unit: query.value.unit,
        limit: limit.value ?? 50,
        beforeId: beforeId.value,
      });
      return success(c, answer('EventList', clock.nowMs(), { items: rows.map(eventJson) }));
    },
  };
}
