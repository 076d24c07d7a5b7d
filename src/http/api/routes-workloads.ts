// GET /api/workloads and what hangs on one workload: its containers and its deploys.

import type { Context } from 'hono';
import { didYouMean } from '../../core/did-you-mean.ts';
import { deployJson } from '../../core/json-deploy.ts';
import { answer } from '../../core/json-envelope.ts';
import type { HttpDeps } from '../deps.ts';
import type { Handlers } from '../handler.ts';
import { type Answered, answered, quoted, refused } from '../refusal.ts';
import { addressesOf, findWorkload, type Workload, workloadsOf } from '../views/workloads.ts';
import { failure, success } from './envelope.ts';
import { containerJson } from './json-records.ts';
import { workloadJson } from './json-workload.ts';
import { readQuery, wholeNumber } from './query.ts';

export function workloadRoutes(
  deps: Pick<HttpDeps, 'controller' | 'store' | 'clock'>,
): Handlers<
  | 'GET /api/workloads'
  | 'GET /api/workloads/:id'
  | 'GET /api/workloads/:id/:stage'
  | 'GET /api/workloads/:id/containers'
  | 'GET /api/workloads/:id/:stage/containers'
  | 'GET /api/workloads/:id/deploys'
  | 'GET /api/workloads/:id/:stage/deploys'
> {
  const { controller, store, clock } = deps;

  function all(): Workload[] {
    return workloadsOf(controller.overview(), store.workloads());
  }

  function find(c: Context): Answered<Workload> {
    const stage = c.req.param('stage');
    const address = `${c.req.param('id')}${stage === undefined ? '' : `/${stage}`}`;
    const workloads = all();
    const found = findWorkload(workloads, address);
    if (found !== null) return answered(found);
    return refused({
      status: 404,
      code: 'WORKLOAD_UNKNOWN',
      reason: 'WorkloadUnknown',
      message: `No workload is called ${quoted(address)}.${didYouMean(address, addressesOf(workloads))}`,
      hint: 'GET /api/workloads lists all; an address is `project.shop`, `shop/prod` or `shop`.',
    });
  }

  function one(c: Context): Response {
    const query = readQuery(c.req.url, []);
    if (!query.ok) return failure(c, query.refusal);
    const found = find(c);
    if (!found.ok) return failure(c, found.refusal);
    return success(c, answer('Workload', clock.nowMs(), workloadJson(found.value)));
  }

  function containers(c: Context): Response {
    const query = readQuery(c.req.url, []);
    if (!query.ok) return failure(c, query.refusal);
    const found = find(c);
    if (!found.ok) return failure(c, found.refusal);
    const { id, kind, units } = found.value;
    // A stage was asked for: the others' containers are not part of the answer. The parts of a stack all are.
    const roles = kind === 'project' && units.length > 0 ? new Set(units.map((unit) => unit.role)) : null;
    const rows = store.containers({ workloadId: id }).filter((row) => roles === null || roles.has(row.role));
    return success(c, answer('ContainerList', clock.nowMs(), { items: rows.map(containerJson) }));
  }

  function deploys(c: Context): Response {
    const query = readQuery(c.req.url, ['limit', 'before_id']);
    if (!query.ok) return failure(c, query.refusal);
    const limit = wholeNumber('limit', query.value.limit, { min: 1, max: 500 });
    if (!limit.ok) return failure(c, limit.refusal);
    const beforeId = wholeNumber('before_id', query.value.before_id, { min: 1, max: 1e15 });
    if (!beforeId.ok) return failure(c, beforeId.refusal);
    const found = find(c);
    if (!found.ok) return failure(c, found.refusal);
    const most = limit.value ?? 50;
    const items = found.value.units
      .flatMap(({ unit }) => store.deploys(unit, { limit: most, beforeId: beforeId.value }))
      .sort((a, b) => b.id - a.id)
      .slice(0, most)
      .map(deployJson);
    return success(c, answer('DeployList', clock.nowMs(), { items }));
  }

  return {
    'GET /api/workloads': (c) => {
      const query = readQuery(c.req.url, []);
      if (!query.ok) return failure(c, query.refusal);
      return success(c, answer('WorkloadList', clock.nowMs(), { items: all().map(workloadJson) }));
    },
    'GET /api/workloads/:id': one,
    'GET /api/workloads/:id/:stage': one,
    'GET /api/workloads/:id/containers': containers,
    'GET /api/workloads/:id/:stage/containers': containers,
    'GET /api/workloads/:id/deploys': deploys,
    'GET /api/workloads/:id/:stage/deploys': deploys,
  };
}
