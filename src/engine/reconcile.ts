// One pass: read the wish, look at what runs, plan, start what may be started, and write down what is so.
import { canonicalJson } from '../core/canonical.ts';
import { judgeEngine } from '../core/engine-status.ts';
import { foldStatus } from '../core/fold-status.ts';
import type { Desired } from '../model/desired.ts';
import type { Plan, UnitPlan } from '../model/plan.ts';
import type { UnitStatus } from '../model/status.ts';
import type { EngineDeps } from './deps.ts';
import { type Observation, observeAll } from './observe.ts';
import { type Planned, planAll } from './plan-all.ts';
import { readSources, type Wish } from './read-sources.ts';
import { recordContainers, recordStatuses, recordWorkloads } from './record.ts';
import type { LoopState } from './state.ts';

export interface PassOptions {
  prune: 'given' | 'none';
  /** Only these units are worked on; empty for all. */
  units: readonly string[];
  /** Called for each unit whose plan may be carried out now; not at all in a pass that only looks. */
  start: ((work: { plan: UnitPlan; desired: Desired | null }) => void) | null;
  signal: AbortSignal;
}

/** `write` is false for `plan`: nothing is changed then, not even the index. */
export async function reconcile(
  deps: EngineDeps,
  state: LoopState,
  options: PassOptions,
): Promise<{ plan: Plan; changed: UnitStatus[] }> {
  deps.control.reload();
  const wish = await readSources(deps, state.catalog, options.signal);
  tellSources(deps, state, wish);
  const observations = await observeAll(deps);
  forgetTheGone(state, observations);
  const isBusy = (unit: string): boolean => state.works.of(unit).busy !== null;
  const planned = await planAll({ deps, ...state, wish, observations, prune: options.prune, isBusy });
  if (options.start !== null) startWork(deps, state, { wish, planned, options });
  const plan = planValue(wish, planned);
  const statuses = fold(deps, state, { wish, planned, observations });
  state.plan = plan;
  state.overview = {
    ...state.overview,
    units: statuses,
    sources: wish.statuses,
    engines: [...observations.values()].map((observation) => judgeEngine(observation, observation.error)),
    problems: plan.problems,
    orphans: plan.orphans,
  };
  if (options.start === null) return { plan, changed: [] };
  recordWorkloads(deps.store, state.records, {
    units: wish.units,
    observations: observations.values(),
    nowMs: deps.clock.nowMs(),
  });
  recordContainers(deps.store, state.records, {
    observations: observations.values(),
    nowMs: deps.clock.nowMs(),
  });
  const changed = recordStatuses(deps.store, state.records, statuses);
  await remember(deps, state, { wish, planned, statuses });
  return { plan, changed };
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

function forgetTheGone(state: LoopState, observations: ReadonlyMap<string, Observation>): void {
  const all = [...observations.values()];
  if (!all.every((observation) => observation.reachable)) return;
  state.memory.keepOnly(
    new Set(all.flatMap((observation) => observation.containers.map((container) => container.id))),
  );
}

function startWork(
  deps: EngineDeps,
  state: LoopState,
  facts: { wish: Wish; planned: Planned; options: PassOptions },
): void {
  const { wish, planned, options } = facts;
  const wanted = (unit: string): boolean => options.units.length === 0 || options.units.includes(unit);
  for (const desired of wish.units) {
    const plan = planned.plans.get(desired.unit);
    if (plan === undefined || plan.actions.length === 0 || plan.blocked?.wait || !wanted(desired.unit))
      continue;
    // Held units are healed as last applied; other blocks mean that the plan itself cannot be walked.
    if (plan.blocked !== null && plan.generation !== null && plan.wants !== null) continue;
    if (desired.suspend || deps.control.suspension(desired.unit) !== null) continue;
    if (state.works.mayStart(desired.unit, wishOf(plan, desired))) options.start?.({ plan, desired });
  }
  for (const plan of planned.removals) {
    if (
      wanted(plan.unit) &&
      deps.control.suspension(plan.unit) === null &&
      state.works.mayStart(plan.unit, 'removed')
    ) {
      options.start?.({ plan, desired: null });
    }
  }
}

/** What back-off belongs to: another generation, or another revision that changed the unit, starts afresh. */
function wishOf(plan: UnitPlan, desired: Desired): string {
  return `${plan.generation?.specHash ?? ''}:${plan.generation?.digest ?? ''}:${desired.state}:${plan.cause?.type ?? ''}`;
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
    // The engine is away: what was known stays, with its age.
    if (plan === undefined) return previous ?? [];
    const applied = deps.control.lastApplied(desired.unit);
    return foldStatus({
      desired,
      plan,
      work: state.works.of(desired.unit),
      quarantine: deps.control.quarantine(desired.unit),
      suspension: deps.control.suspension(desired.unit),
      applied,
      previous,
      nowMs: deps.clock.nowMs(),
    });
  });
}

/** What converged is what to fall back on; what is gone from wish and engine is forgotten. */
async function remember(
  deps: EngineDeps,
  state: LoopState,
  { wish, planned, statuses }: { wish: Wish; planned: Planned; statuses: UnitStatus[] },
): Promise<void> {
  const converged = new Set(
    statuses.filter((status) => status.outcome === 'converged').map((status) => status.unit),
  );
  for (const desired of wish.units) {
    const plan = planned.plans.get(desired.unit);
    if (
      !converged.has(desired.unit) ||
      desired.held !== null ||
      !plan?.generation ||
      desired.state === 'stopped'
    )
      continue;
    const { specHash, digest } = plan.generation;
    // Another generation stands: what failed before it may be tried again when somebody asks for it once more.
    if (deps.control.quarantine(desired.unit).some((entry) => entry.specHash !== specHash || entry.digest !== digest)) {
      deps.control.liftQuarantine(desired.unit);
    }
    if (state.saved.get(desired) === specHash) continue;
    state.saved.set(desired, specHash);
    const before = deps.control.lastApplied(desired.unit);
    if (
      before?.specHash === specHash &&
      before.digest === digest &&
      essence(before.desired) === essence(desired)
    )
      continue;
    deps.control.saveLastApplied({
      unit: desired.unit,
      source: desired.source,
      file: desired.place.file,
      revision: desired.revision,
      desired,
      specHash,
      digest,
      release: plan.wants ?? '',
    });
    if (desired.kind === 'stack' && before?.specHash !== specHash) await deps.stacks.markGood(desired);
  }
}

/** Without what each commit changes: a thousand units at rest are not written again for it. */
function essence(desired: Desired): string {
  return canonicalJson({
    ...desired,
    revision: null,
    place: null,
    ...(desired.kind === 'stack' ? { root: null } : {}),
  });
}
