// Before what cannot be undone a unit is looked at and planned once more; a plan that no longer fits is dropped.
import { planUnit } from '../core/plan-unit.ts';
import type { ProxyFacts } from '../core/route/routes-world.ts';
import type { Action } from '../model/action.ts';
import type { Desired } from '../model/desired.ts';
import { fault } from '../model/errors.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { QuarantineEntry } from '../model/world.ts';
import type { AnswerCaches } from './answer.ts';
import type { EngineDeps } from './deps.ts';
import { isGate } from './handlers/table.ts';
import type { Memory } from './memory.ts';
import { isKnown, type Observation, observe } from './observe.ts';
import { observeProxy } from './observe-proxy.ts';
import { resolveUnit } from './resolve.ts';
import { worldOf } from './world.ts';

export interface LookOptions {
  deps: EngineDeps;
  caches: AnswerCaches;
  memory: Memory;
  plan: UnitPlan;
  /** Null when the unit is being removed. */
  desired: Desired | null;
  /** A generation to plan around, as if it were quarantined. */
  without?: QuarantineEntry | undefined;
  signal: AbortSignal;
}

/** What runs and what is routed, at one moment. */
export interface Sight {
  observation: Observation;
  proxy: ProxyFacts | null;
  takenMs: number;
}

/** A sight that is older was overtaken by a proof that took long. */
const FRESH_MS = 100;

/** Never rejects. */
export async function takeSight({
  deps,
  plan,
  signal,
}: Pick<LookOptions, 'deps' | 'plan' | 'signal'>): Promise<Sight> {
  const takenMs = deps.clock.nowMs();
  const [observation, proxy] = await Promise.all([observe(deps, plan.host), observeProxy(deps, signal)]);
  return { observation, proxy, takenMs };
}

/**
 * Plans this unit alone, from a fresh sight. Gates may have come and gone; another effect than the one we are about to
 * have is a conflict: WorldMoved.
 */
export async function lookAgain(
  options: LookOptions,
  { rest, sight }: { rest: readonly Action[]; sight: Sight | null },
): Promise<void> {
  const { deps, desired, plan } = options;
  if (desired === null) return;
  const isFresh = sight !== null && deps.clock.nowMs() - sight.takenMs <= FRESH_MS;
  const seen = isFresh ? sight : await takeSight(options);
  const fresh = await planFrom({ ...options, desired }, seen);
  if (fresh === null) throw seen.observation.error ?? new Error('the engine is away');
  // A network that somebody else left meanwhile can go, too: that is for the next pass, and no fault of this plan.
  const isLeft = (action: Action): boolean =>
    action.type === 'removeNetwork' &&
    !rest.some((other) => other.type === 'removeNetwork' && other.network === action.network);
  if (effects(fresh.actions.filter((action) => !isLeft(action))) === effects(rest)) return;
  throw fault({
    code: 'WORLD_MOVED',
    reason: 'WorldMoved',
    message: `${plan.unit} changed while its plan was carried out; the plan is made again`,
    disposition: 'conflict',
  });
}

/** This unit's plan by what was seen; null where its engine is away. */
export async function planFrom(
  { deps, caches, memory, desired, without }: LookOptions & { desired: Desired },
  { observation, proxy }: Sight,
): Promise<UnitPlan | null> {
  if (!isKnown(desired, observation)) return null;
  const world = await resolveUnit(deps, caches, {
    world: worldOf(deps, memory, { desired, observation, proxy, without }),
    shared: new Map(),
  });
  return planUnit(deps.planners, world);
}

function effects(actions: readonly Action[]): string {
  return JSON.stringify(
    actions.filter((action) => !isGate(action)).map(({ cause: _cause, ...action }) => action),
  );
}
