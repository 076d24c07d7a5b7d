// One unit's plan: the wish, or what was applied before where the wish is broken, unresolved or quarantined.

import type { KindPlanner, Planners } from '../model/kind.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import type { Need } from '../model/resolved.ts';
import type { AppliedFacts } from '../model/revision.ts';
import type { UnitWorld } from '../model/world.ts';
import { keptAlive } from './kept-alive.ts';
import { routesOfKindBefore, withKindChange } from './kind-change.ts';
import { runByAnother } from './other-controller.ts';
import { planRename } from './plan-rename.ts';

/** All questions that planning this unit has now, of the wish and of what stands in for it. */
export function unitNeeds(planners: Planners, world: UnitWorld): Need[] {
  const needs = needsOf(planners, world);
  const held = heldAt(world);
  const instead = standIn(world);
  const open = needs.some((need) => !world.answers.has(need.key));
  if (open || (instead === null && held === null)) return needs;
  const broken = world.desired.held !== null || unresolved(needs, world) !== null;
  const plan = broken ? null : planOf(planners, world);
  if (held !== null && (plan === null || isUnchanged(plan, world)))
    return [...needs, ...needsOf(planners, held)];
  const isKept = plan === null || isQuarantined(plan, world) || proxyAway(world) !== null;
  if (instead === null || !isKept) return needs;
  return [...needs, ...needsOf(planners, instead)];
}

/**
 * Plans a unit. Laws kept here for every kind: what cannot be resolved is held and still healed as last applied;
 * a quarantined generation is not tried again, and what ran before it is what is kept; a revision that a person went
 * back to stands in for the wish until the wish changes.
 */
export function planUnit(planners: Planners, world: UnitWorld): UnitPlan {
  const other = runByAnother(world);
  if (other !== null) return { ...nothing(world), blocked: { problem: other, wait: false } };
  return planRename(world, (seen) => planAsNamed(planners, seen));
}

/** What stands in for the wish may be of another kind than the wish is. */
function needsOf(planners: Planners, world: UnitWorld): Need[] {
  return plannerOf(planners, world).needs(world);
}

function planOf(planners: Planners, world: UnitWorld): UnitPlan {
  return plannerOf(planners, world).plan(world);
}

function plannerOf(planners: Planners, { desired }: UnitWorld): KindPlanner {
  const planner = planners[desired.kind];
  if (planner === undefined) throw new Error(`nobody plans the kind ${desired.kind}`);
  return planner;
}

function planAsNamed(planners: Planners, world: UnitWorld): UnitPlan {
  const held = heldAt(world);
  const instead = standIn(world);
  const trouble = unresolved(needsOf(planners, world), world);
  if (held !== null && (trouble !== null || world.desired.held !== null))
    return planHeld(planners, world, held);
  if (trouble !== null) {
    const blocked = { problem: trouble.problem, wait: trouble.retry };
    if (instead === null || unresolved(needsOf(planners, instead), instead) !== null)
      return { ...nothing(world), blocked, notices: [...trouble.more] };
    return {
      ...keptAlive(planOf(planners, instead), instead),
      wants: null,
      blocked,
      notices: [...trouble.more],
    };
  }
  const away = proxyAway(world);
  if (away !== null) {
    const kept = instead ?? (world.pin === null ? null : world);
    if (kept === null || unresolved(needsOf(planners, kept), kept) !== null)
      return { ...nothing(world), blocked: away };
    return { ...keptAlive(planOf(planners, kept), kept), wants: null, blocked: away };
  }
  const plan = planOf(planners, world);
  if (held !== null && isUnchanged(plan, world)) return planHeld(planners, world, held, plan);
  if (!isQuarantined(plan, world))
    return withKindChange(world.pin === null ? plan : keptAlive(plan, world), world);
  if (
    instead === null ||
    isQuarantined({ generation: instead.pin }, world) ||
    unresolved(needsOf(planners, instead), instead) !== null
  )
    return {
      ...{ ...plan, actions: [], cause: null, strategy: null, downtime: null },
      ...(plan.actions.length === 0 ? {} : { givenUp: true }),
    };
  const kept = planOf(planners, instead);
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

/** A rollback by hand is one more plan for what ran before; `wish` is what it stands in for, where that can be told. */
function planHeld(
  planners: Planners,
  world: UnitWorld,
  held: UnitWorld,
  wish: UnitPlan | null = null,
): UnitPlan {
  const { hold } = world;
  if (hold === null) throw new Error('planned a hold that nobody set');
  const trouble = unresolved(needsOf(planners, held), held);
  const common = {
    hold,
    wants: wish?.wants ?? hold.wanted.release,
    generation: hold.wanted,
    onFailure: null,
  };
  if (trouble !== null) {
    const blocked = { problem: trouble.problem, wait: trouble.retry };
    return { ...nothing(world), ...common, blocked, notices: [...trouble.more] };
  }
  const plan = planOf(planners, held);
  const isHealing = plan.cause === null || plan.cause.type === 'drift' || plan.cause.type === 'cleanup';
  const cause: UnitPlan['cause'] = isHealing
    ? plan.cause
    : { type: 'rollback', text: `${plan.runs ?? hold.wanted.release} → ${hold.release}, by ${hold.by}` };
  return { ...plan, ...common, cause };
}

/** Whether the wish is still the one that the hold was set against. */
function isUnchanged({ generation }: UnitPlan, { hold }: UnitWorld): boolean {
  return generation?.specHash === hold?.wanted.specHash && generation?.digest === hold?.wanted.digest;
}

/** True where the generation this plan wants has failed before and nobody lifted that. */
export function isQuarantined(
  plan: Pick<UnitPlan, 'generation'>,
  world: Pick<UnitWorld, 'quarantine'>,
): boolean {
  const wanted = plan.generation;
  if (wanted === null) return false;
  return world.quarantine.some(
    (entry) => entry.specHash === wanted.specHash && entry.digest === wanted.digest,
  );
}

/** The world with the wish replaced by what last converged; null where nothing ever did or it is the same wish. */
function standIn(world: UnitWorld): UnitWorld | null {
  return world.lastApplied === null || world.pin !== null ? null : replaced(world, world.lastApplied);
}

/** The world with the wish replaced by the revision that a person went back to. */
function heldAt(world: UnitWorld): UnitWorld | null {
  return world.hold === null ? null : replaced(world, world.hold);
}

function replaced(world: UnitWorld, facts: AppliedFacts): UnitWorld {
  // Stopping is no part of a version: it can be asked for while another one stands in, and what is stopped stays so.
  const { dependsOn, place, source, revision, suspend, state } = world.desired;
  const { specHash, digest, release, image } = facts;
  return {
    ...world,
    desired: {
      ...facts.desired,
      dependsOn,
      place,
      source,
      revision,
      suspend,
      state,
      held: world.desired.held,
      // Renamed or not, a stack's files are where they are.
      ...(world.desired.kind === 'stack' && world.desired.home !== undefined
        ? { home: world.desired.home }
        : {}),
    } as UnitWorld['desired'],
    pin: { specHash, digest, release, ...(image == null ? {} : { image }) },
    proxy: routesOfKindBefore(world, facts.desired),
  };
}

/** Without the proxy nobody can be switched: what was applied is kept alive, and nothing new is begun (law 12). */
function proxyAway({ proxy, desired }: UnitWorld): UnitPlan['blocked'] {
  if (proxy === null || proxy.away === null || proxy.routes.length === 0) return null;
  if (desired.state === 'stopped') return null;
  return { problem: { ...proxy.away, workload: desired.unit }, wait: true };
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
