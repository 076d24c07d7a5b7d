// The kind `proxy`: a route to something that is not ours to run, and how its other end is.
import { shortHash } from '../../core/canonical.ts';
import { problem } from '../../core/problem.ts';
import { targetVerdict } from '../../core/route/facts.ts';
import { planStatic, type StaticPlan } from '../../core/route/plan-static.ts';
import type { DesiredProxy } from '../../model/desired.ts';
import type { KindPlanner } from '../../model/kind.ts';
import type { UnitHealth, UnitPlan } from '../../model/plan.ts';
import type { Traffic } from '../../model/route.ts';
import type { UnitWorld } from '../../model/world.ts';
import { leadsTo } from './words.ts';

export const proxyPlanner: KindPlanner<DesiredProxy> = {
  kind: 'proxy',
  needs: () => [],
  plan,
  check: () => null,
};

function plan(world: UnitWorld<DesiredProxy>): UnitPlan {
  const { desired, proxy } = world;
  const traffic = trafficOf(desired);
  const specHash = hashOf(desired);
  const view = proxy?.routes[0];
  const isThere = view !== undefined && view.id !== null;
  return {
    unit: desired.unit,
    kind: 'proxy',
    host: desired.host,
    strategy: null,
    downtime: null,
    runs: isThere ? leadsTo(desired.target, view.traffic) : null,
    wants: desired.state === 'stopped' ? null : leadsTo(desired.target, traffic),
    generation: { specHash, digest: '' },
    health: healthOf(world),
    onFailure: null,
    ...(proxy === null
      ? noProxy(desired)
      : planStatic({ desired, proxy, traffic, isChanged: world.lastApplied?.specHash !== specHash })),
  };
}

function trafficOf({ forward }: DesiredProxy): Traffic | null {
  return forward === null ? null : { main: [forward], canary: null };
}

/** What makes its route what it is; how it is watched does not. */
function hashOf({ route, target, forward }: DesiredProxy): string {
  return shortHash({ domains: route?.domains ?? [], tls: route?.tls ?? null, target, forward });
}

function healthOf({ desired, probes }: UnitWorld<DesiredProxy>): UnitHealth {
  const verdict = probes.get(targetVerdict(desired.unit));
  if (desired.monitor === null || desired.state === 'stopped')
    return { status: 'none', ready: 0, total: 0, detail: null };
  if (verdict === undefined) return { status: 'unknown', ready: 0, total: 0, detail: null };
  return verdict.ok
    ? { status: 'healthy', ready: 1, total: 1, detail: null }
    : { status: 'unhealthy', ready: 0, total: 1, detail: verdict.detail };
}

function noProxy({ unit, source, state }: DesiredProxy): StaticPlan {
  const nothing = { actions: [], blocked: null, notices: [], cause: null };
  if (state === 'stopped') return nothing;
  const trouble = problem({
    reason: 'NoProxy',
    message: `${unit} is not routed: no proxy is configured`,
    hint: 'name one under `proxy:` in tinyforge.yaml',
    workload: unit,
    source,
  });
  return { ...nothing, blocked: { problem: trouble, wait: true } };
}
