// Plans every unit of the wish, then what is no longer in it. Reads only.
import { contested } from '../core/compose-collision.ts';
import { isRollout, waitsFor } from '../core/dependencies.ts';
import { noProxyNotice } from '../core/no-proxy.ts';
import { planUnit } from '../core/plan-unit.ts';
import { planAway, planEjected, planFailed } from '../core/plan-unknown.ts';
import { portNotices } from '../core/port-notices.ts';
import { type Gone, judgePrune, type PruneVerdict } from '../core/prune.ts';
import { planRemoval } from '../core/removal.ts';
import { routeRemarks } from '../core/route/remarks.ts';
import type { ProxyFacts } from '../core/route/routes-world.ts';
import type { Desired } from '../model/desired.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { ObservedRoute } from '../model/route.ts';
import type { Ejection, UnitWorld } from '../model/world.ts';
import type { AnswerCaches } from './answer.ts';
import type { EngineDeps } from './deps.ts';
import type { EjectedUnits } from './ejected.ts';
import type { HealthMonitor } from './health-monitor.ts';
import type { Memory } from './memory.ts';
import { isKnown, type Observation } from './observe.ts';
import type { PlanCache } from './plan-cache.ts';
import type { ReachMonitor } from './reach-monitor.ts';
import type { Wish } from './read-sources.ts';
import { type PassAnswers, resolveUnit } from './resolve.ts';
import { worldOf } from './world.ts';

export interface PlanAllOptions {
  deps: EngineDeps;
  caches: AnswerCaches;
  memory: Memory;
  ejected: EjectedUnits;
  monitor: HealthMonitor;
  reachMonitor: ReachMonitor;
  plans: PlanCache;
  wish: Wish;
  observations: ReadonlyMap<string, Observation>;
  /** Null where no proxy is configured. */
  proxy: ProxyFacts | null;
  prune: 'given' | 'none';
  isBusy(unit: string): boolean;
}

export interface Planned {
  plans: Map<string, UnitPlan>;
  removals: UnitPlan[];
  verdict: PruneVerdict;
}

export async function planAll(options: PlanAllOptions): Promise<Planned> {
  const { deps, wish } = options;
  const shared: PassAnswers = new Map();
  const plans = new Map<string, UnitPlan>();
  await Promise.all(
    wish.units.map(async (desired) => {
      const plan = await planOne(options, { desired, shared });
      if (plan !== null) plans.set(desired.unit, plan);
    }),
  );
  for (const [unit, problem] of contested(plans.values(), options.isBusy)) {
    const plan = plans.get(unit);
    if (plan !== undefined) plans.set(unit, { ...plan, blocked: { problem, wait: false } });
  }
  for (const desired of wish.units) {
    const plan = plans.get(desired.unit);
    if (plan === undefined || plan.blocked !== null) continue;
    const wait = waitsFor(plan, desired.dependsOn, (unit) => ({
      plan: plans.get(unit),
      note: options.isBusy(unit) && isRollout(plans.get(unit) ?? plan) ? 'is changing now' : null,
    }));
    if (wait !== null) plans.set(desired.unit, { ...plan, blocked: { problem: wait, wait: true } });
  }
  for (const desired of wish.units) {
    const plan = plans.get(desired.unit);
    if (plan === undefined || plan.actions.length === 0) continue;
    const notice = options.proxy === null ? noProxyNotice(desired) : null;
    if (notice !== null) plans.set(desired.unit, { ...plan, notices: [...plan.notices, notice] });
  }
  return { plans, ...planGone(deps, options) };
}

async function planOne(
  options: PlanAllOptions,
  { desired, shared }: { desired: Desired; shared: PassAnswers },
): Promise<UnitPlan | null> {
  const { deps, caches, memory, monitor, observations, plans, proxy } = options;
  const observation = observations.get(desired.host);
  if (deps.planners[desired.kind] === undefined || observation === undefined) return null;
  const ejection = ejectionOf(options, desired.unit);
  if (ejection !== null) return planEjected(desired, ejection);
  if (!isKnown(desired, observation)) {
    const error = observation.error ?? new Error('no answer');
    return planAway(desired, { error, applied: deps.control.lastApplied(desired.unit) });
  }
  const world = worldOf(deps, memory, { desired, observation, proxy });
  await monitor.ensure(desired, world.mine);
  options.reachMonitor.ensure(desired, world.proxy);
  const known = plans.calm(world);
  if (known !== null) return known;
  try {
    const resolved = await resolveUnit(deps, caches, { world, shared });
    const plan = withNotices(planUnit(deps.planners, resolved), resolved, deps.config);
    plans.remember(world, plan);
    return plan;
  } catch (error) {
    // A bug in one workload stalls that workload; the others go on.
    deps.log.error('planning failed', {
      workload: desired.unit,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    return planFailed(desired, { error, applied: deps.control.lastApplied(desired.unit) });
  }
}

/** What is ejected and still at work is ours to the end of that work. */
export function ejectionOf(
  { deps, ejected }: Pick<PlanAllOptions, 'deps' | 'ejected'>,
  unit: string,
): Ejection | null {
  return ejected.has(unit) ? deps.control.ejection(unit) : null;
}

/** Ports are said before it is done, and not again in every pass after. */
function withNotices(
  plan: UnitPlan,
  { desired, answers, proxy }: UnitWorld,
  config: EngineDeps['config'],
): UnitPlan {
  const ports = plan.actions.length === 0 ? [] : portNotices(desired, { config, answers });
  const more = [...ports, ...routeRemarks(desired, proxy)];
  return more.length === 0 ? plan : { ...plan, notices: [...plan.notices, ...more] };
}

function planGone(
  deps: EngineDeps,
  { wish, observations, prune, proxy }: PlanAllOptions,
): Pick<Planned, 'removals' | 'verdict'> {
  const present = new Set(wish.units.map((unit) => unit.unit));
  const gone = new Map<string, Gone & { host: string }>();
  for (const observation of observations.values()) {
    for (const [unit, containers] of observation.byUnit) {
      if (present.has(unit)) continue;
      const applied = deps.control.lastApplied(unit);
      gone.set(unit, {
        unit,
        source: applied?.source ?? null,
        keep: applied?.desired.prune === false,
        suspended: deps.control.suspension(unit) !== null,
        containers: containers.map((container) => container.name),
        host: observation.host,
      });
    }
  }
  for (const route of ownRoutes(proxy)) {
    const unit = route.owner?.unit ?? '';
    if (present.has(unit) || gone.has(unit)) continue;
    const applied = deps.control.lastApplied(unit);
    const host = applied?.desired.host ?? [...observations.keys()][0] ?? '';
    const observation = observations.get(host);
    // Its route alone would be taken away, and the containers that nobody sees now be forgotten.
    if (observation && !isKnown(applied?.desired ?? { kind: 'project' }, observation)) continue;
    gone.set(unit, {
      unit,
      source: applied?.source ?? null,
      keep: applied?.desired.prune === false,
      suspended: deps.control.suspension(unit) !== null,
      containers: [],
      host,
    });
  }
  const verdict = judgePrune([...gone.values()], wish.states, prune);
  const living = new Set(wish.units.map((unit) => unit.workloadId));
  const removals = verdict.remove.flatMap((unit) => {
    const host = observations.get(gone.get(unit)?.host ?? '');
    const source = gone.get(unit)?.source;
    const revision = wish.snapshots.find((snapshot) => snapshot.source === source)?.revision?.slice(0, 7);
    const why = `removed from ${source ?? 'its source'}${revision ? ` in ${revision}` : ''}`;
    const routes = ownRoutes(proxy).filter(({ owner }) => owner?.unit === unit);
    return host === undefined ? [] : [planRemoval({ unit, host, living, why, routes })];
  });
  return { removals, verdict };
}

function ownRoutes(proxy: ProxyFacts | null): readonly ObservedRoute[] {
  return (proxy?.routes ?? []).filter(
    ({ owner }) => owner !== null && owner.controller === proxy?.controller,
  );
}
