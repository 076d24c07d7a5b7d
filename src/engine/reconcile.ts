// One pass: read the wish, look at what runs, plan, start what may be started, and write down what is so.
import { judgeEngine } from '../core/engine-status.ts';
import { foldStatus } from '../core/fold-status.ts';
import { heirRule } from '../core/heirs.ts';
import { planImages } from '../core/kept-images.ts';
import { membersOf } from '../core/members.ts';
import type { Plan } from '../model/plan.ts';
import type { UnitStatus } from '../model/status.ts';
import type { EngineDeps } from './deps.ts';
import { dropStatuses, dropTheNeverRan } from './drop-gone.ts';
import { lookAtKept, settleKept } from './kept.ts';
import { isKnown, type Observation, observeAll } from './observe.ts';
import { observeProxy, tidyProxy } from './observe-proxy.ts';
import type { PassOptions } from './pass-options.ts';
import { ejectionOf, type Planned, planAll } from './plan-all.ts';
import { judgeProbation } from './probation.ts';
import { readSources, type Wish } from './read-sources.ts';
import { recordContainers, recordStatuses, recordWorkloads } from './record.ts';
import { remember } from './remember.ts';
import { formerUnits, settleNames, withFormerNames } from './renames/settle-names.ts';
import { findRouted } from './routed.ts';
import { startWork } from './start-work.ts';
import type { LoopState } from './state.ts';

export interface PassResult {
  plan: Plan;
  /** Statuses that are new. */
  changed: UnitStatus[];
  /** What was written down changes what is to do. */
  again: boolean;
}

/** Without `start` nothing is changed, not even the index. */
export async function reconcile(
  given: EngineDeps,
  state: LoopState,
  options: PassOptions,
): Promise<PassResult> {
  given.control.reload();
  const read = await readSources(given, state.catalog, options.signal);
  const atWork = state.works.atWork();
  const write = options.start === null ? 'nothing' : 'records';
  const deps = settleNames(given, state, { wish: read, write, atWork });
  state.ejected.settle((unit) => state.works.of(unit).busy !== null);
  const [observations, proxy] = await Promise.all([observeAll(deps), observeProxy(deps, options.signal)]);
  await askVersions(deps, state, observations);
  forgetTheGone(state, observations);
  // Work that ends while we look leaves us with a view from before its end: what is done would be done once more.
  const isWorking = (unit: string): boolean => atWork.has(unit) || state.works.of(unit).busy !== null;
  const heirOf = heirRule(read.units, deps.control.allLastApplied());
  const isBusy = (unit: string): boolean =>
    isWorking(unit) ||
    formerUnits(unit, read.renamings).some(isWorking) ||
    [...atWork].some((one) => heirOf(one) === unit);
  const wish = withFormerNames(deps, state, read);
  tellSources(deps, state, wish);
  state.memory.members = membersOf(wish.units);
  if (options.start !== null) judgeProbation(deps, state.memory, { units: wish.units, observations, isBusy });
  const planned = await planAll({ deps, ...state, wish, observations, proxy, prune: options.prune, isBusy });
  const wished = new Set(wish.units.map(({ unit }) => unit));
  const kept = await lookAtKept(deps, state, {
    observations,
    isAtRest: (unit) => !isBusy(unit) && !planned.plans.get(unit)?.actions.length,
    isWished: (unit) => wished.has(unit),
  });
  for (const [host, images] of kept.remove) planned.removals.push(planImages(host, images));
  if (options.start !== null) startWork(deps, state, { wish, planned, isBusy, options });
  if (options.start !== null) forgiveTheDone(state, { wish, planned, observations });
  const plan = planValue(wish, planned);
  const statuses = fold(deps, state, { wish, planned, observations });
  state.plan = plan;
  state.wish = wish;
  state.proxyRoutes = proxy?.routes ?? state.proxyRoutes;
  state.overview = {
    ...state.overview,
    units: statuses,
    sources: wish.statuses,
    engines: [...observations.values()].map((observation) =>
      judgeEngine(observation, observation.error, state.engines.get(observation.host) ?? null),
    ),
    problems: [...plan.problems, ...deps.control.problems(), ...state.proxyWatch.problems()],
    orphans: plan.orphans,
  };
  if (options.start === null) return { plan, changed: [], again: false };
  recordWorkloads(deps.store, state.records, {
    units: wish.units,
    observations: observations.values(),
    nowMs: deps.clock.nowMs(),
  });
  recordContainers(deps.store, state.records, {
    isEjected: state.ejected.has,
    observations: observations.values(),
    probes: state.memory.probes,
    routed: findRouted(deps, { observations: observations.values(), routes: state.proxyRoutes }),
    nowMs: deps.clock.nowMs(),
  });
  const changed = recordStatuses(deps.store, state.records, statuses);
  dropStatuses(deps, state, wish);
  dropTheNeverRan(deps, state, { wish, observations });
  await settleKept(deps, kept);
  await tidyProxy(deps, options.signal);
  const { lifted } = await remember(deps, state, { wish, planned, statuses, observations });
  return { plan, changed, again: lifted };
}

/** The watcher needs to know what else matters; readers of files need the roots of the trees. */
function tellSources(deps: EngineDeps, state: LoopState, wish: Wish): void {
  for (const snapshot of wish.snapshots) state.caches.roots.set(snapshot.source, snapshot.root);
  for (const source of deps.sources) {
    const stacks = wish.units.filter((unit) => unit.source === source.name && unit.kind === 'stack');
    const paths = new Set(wish.referenced[source.name] ?? []);
    for (const unit of stacks) for (const path of deps.stacks.referenced(unit.unit)) paths.add(path);
    source.setReferenced([...paths]);
  }
}

async function askVersions(
  deps: EngineDeps,
  state: LoopState,
  observations: ReadonlyMap<string, Observation>,
): Promise<void> {
  for (const { host, reachable } of observations.values()) {
    if (!reachable) state.engines.delete(host);
    else if (!state.engines.has(host)) {
      const info = await deps.runtimes
        .get(host)
        ?.info()
        .catch(() => null);
      if (info) state.engines.set(host, info);
    }
  }
}

function forgetTheGone(state: LoopState, observations: ReadonlyMap<string, Observation>): void {
  const all = [...observations.values()];
  if (!all.every((observation) => observation.reachable)) return;
  const containers = all.flatMap((observation) => observation.containers);
  // What has ended is no longer what was seen of it, whoever ended it.
  const living = containers.filter((entry) => entry.state !== 'exited');
  state.memory.keepOnly(new Set(living.map(({ id }) => id)));
}

/** A call that failed after its effect may have been the last one: no work comes after it that would end well. */
function forgiveTheDone(
  state: LoopState,
  {
    wish,
    planned,
    observations,
  }: { wish: Wish; planned: Planned; observations: ReadonlyMap<string, Observation> },
): void {
  for (const desired of wish.units) {
    const plan = planned.plans.get(desired.unit);
    const observation = observations.get(desired.host);
    if (plan === undefined || observation === undefined || !isKnown(desired, observation)) continue;
    if (plan.actions.length === 0 && plan.blocked === null) state.works.rested(desired.unit);
  }
}

function planValue(wish: Wish, { plans, removals, verdict }: Planned): Plan {
  return {
    revisions: Object.fromEntries(wish.statuses.map((source) => [source.name, source.revision])),
    units: [...plans.values(), ...removals].sort((a, b) => (a.unit < b.unit ? -1 : 1)),
    orphans: verdict.orphans,
    problems: [...wish.problems, ...verdict.problems],
  };
}

function fold(
  deps: EngineDeps,
  state: LoopState,
  facts: { wish: Wish; planned: Planned; observations: ReadonlyMap<string, Observation> },
): UnitStatus[] {
  const { wish, planned } = facts;
  return wish.units.flatMap((desired) => {
    const plan = planned.plans.get(desired.unit);
    const previous = state.records.statuses.get(desired.unit) ?? deps.store.status(desired.unit);
    if (plan === undefined) return previous ?? [];
    // The engine is away: what was known stays, with its age.
    const observation = facts.observations.get(desired.host);
    const ejection = ejectionOf({ deps, ejected: state.ejected }, desired.unit);
    if (ejection === null && previous !== null && observation !== undefined && !isKnown(desired, observation))
      return previous;
    const applied = deps.control.lastApplied(desired.unit);
    return foldStatus({
      desired,
      plan,
      work: state.works.of(desired.unit),
      quarantine: deps.control.quarantine(desired.unit),
      suspension: deps.control.suspension(desired.unit),
      ejection,
      applied,
      previous,
      nowMs: deps.clock.nowMs(),
    });
  });
}
