// One unit's plan: the wish, or what was applied before where the wish is broken, unresolved or quarantined.
import type { KindPlanner } from '../model/kind.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import type { Need } from '../model/resolved.ts';
import type { UnitWorld } from '../model/world.ts';

/** All questions that planning this unit has now, of the wish and of what stands in for it. */
export function unitNeeds(planner: KindPlanner, world: UnitWorld): Need[] {
  const needs = planner.needs(world);
  const instead = standIn(world);
  if (instead === null) return needs;
  const open = needs.some((need) => !world.answers.has(need.key));
  if (open) return needs;
  if (
    world.desired.held === null &&
    unresolved(needs, world) === null &&
    !isQuarantined(planner.plan(world), world)
  )
    return needs;
  return [...needs, ...planner.needs(instead)];
}

/**
 * Plans a unit. Laws kept here for every kind: what cannot be resolved is held and still healed as last applied;
 * a quarantined generation is not tried again, and what ran before it is what is kept.
 */
export function planUnit(planner: KindPlanner, world: UnitWorld): UnitPlan {
  const instead = standIn(world);
  const trouble = unresolved(planner.needs(world), world);
  if (trouble !== null) {
    const blocked = { problem: trouble.problem, wait: trouble.retry };
    if (instead === null || unresolved(planner.needs(instead), instead) !== null)
      return { ...nothing(world), blocked, notices: [...trouble.more] };
    return { ...planner.plan(instead), wants: null, blocked, notices: [...trouble.more] };
  }
  const plan = planner.plan(world);
  if (!isQuarantined(plan, world)) return plan;
  if (instead === null || unresolved(planner.needs(instead), instead) !== null)
    return { ...plan, actions: [], cause: null, strategy: null, downtime: null };
  const kept = planner.plan(instead);
  return {
    ...kept,
    cause:
      kept.actions.length === 0
        ? null
        : {
            type: 'rollback',
            text: `${plan.wants ?? 'the new version'} failed, back to ${instead.pin?.release ?? 'the one before'}`,
          },
    wants: plan.wants,
    generation: plan.generation,
    onFailure: null,
  };
}

/** True where the generation this plan wants has failed before and nobody lifted that. */
export function isQuarantined(plan: UnitPlan, world: Pick<UnitWorld, 'quarantine'>): boolean {
  const wanted = plan.generation;
  if (wanted === null) return false;
  return world.quarantine.some(
    (entry) => entry.specHash === wanted.specHash && entry.digest === wanted.digest,
  );
}

/** The world with the wish replaced by what last converged; null where nothing ever did or it is the same wish. */
function standIn(world: UnitWorld): UnitWorld | null {
  const applied = world.lastApplied;
  if (applied === null || world.pin !== null) return null;
  const { dependsOn, place, source, revision, suspend } = world.desired;
  return {
    ...world,
    desired: { ...applied.desired, dependsOn, place, source, revision, suspend, held: world.desired.held },
    pin: { specHash: applied.specHash, digest: applied.digest, release: applied.release },
  };
}

function unresolved(
  needs: readonly Need[],
  world: UnitWorld,
): { problem: Problem; retry: boolean; more: readonly Problem[] } | null {
  for (const need of needs) {
    const answer = world.answers.get(need.key);
    if (answer?.ok === false) {
      return { problem: answer.problem, retry: answer.retry, more: answer.more ?? [] };
    }
  }
  return null;
}

function nothing({ desired }: UnitWorld): UnitPlan {
  return {
    unit: desired.unit,
    kind: desired.kind,
    host: desired.host,
    cause: null,
    strategy: null,
    downtime: null,
    actions: [],
    blocked: null,
    notices: [],
    runs: null,
    wants: null,
    generation: null,
    health: { status: 'unknown', ready: 0, total: 0, detail: null },
    onFailure: null,
  };
}
