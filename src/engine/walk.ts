// Walks one unit's plan, action by action. Before what cannot be undone it looks again; a plan that no longer fits is dropped.
import { planUnit } from '../core/plan-unit.ts';
import type { Action, Phase } from '../model/action.ts';
import type { Desired } from '../model/desired.ts';
import { fault } from '../model/errors.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { QuarantineEntry } from '../model/world.ts';
import type { ContainerRuntime } from '../ports/container-runtime.ts';
import type { AnswerCaches } from './answer.ts';
import type { DeployRecorder } from './deploys.ts';
import type { EngineDeps } from './deps.ts';
import type { HandlerContext } from './handlers/context.ts';
import { carryOut, isGate } from './handlers/table.ts';
import type { Memory } from './memory.ts';
import { isKnown, observe } from './observe.ts';
import { observeProxy } from './observe-proxy.ts';
import { resolveUnit } from './resolve.ts';
import type { Place, Semaphore } from './semaphore.ts';
import { probeSwitch, type SwitchProbe } from './switch-probe.ts';
import { worldOf } from './world.ts';

export interface WalkOptions {
  deps: EngineDeps;
  caches: AnswerCaches;
  memory: Memory;
  heavy: Semaphore;
  plan: UnitPlan;
  /** Null when the unit is being removed. */
  desired: Desired | null;
  deploy: DeployRecorder;
  /** A generation to plan around in this walk alone, as if it were quarantined. */
  without?: QuarantineEntry | undefined;
  signal: AbortSignal;
  progress(text: string): void;
}

/** Resolves when every action took hold; throws the fault of the first that did not. */
export async function walk(options: WalkOptions): Promise<void> {
  const { deps, plan, deploy, signal } = options;
  const runtime = deps.runtimes.get(plan.host);
  if (runtime === undefined) throw new Error(`no engine is called ${plan.host}`);
  const place = options.heavy.place();
  const probe: { running: SwitchProbe | null } = { running: null };
  try {
    let phase: Phase | null = null;
    for (const [index, action] of plan.actions.entries()) {
      signal.throwIfAborted();
      if (phase !== null && action.phase !== phase && isIrreversible(action.phase))
        await lookAgain(options, plan.actions.slice(index));
      phase = action.phase;
      if (isSwitch(action)) probe.running ??= probeSwitch(deps, plan, signal);
      await carry({ ...options, runtime, place }, action);
    }
  } finally {
    const proof = (await probe.running?.end()) ?? null;
    if (proof !== null) deploy.proved(proof);
  }
}

/** All of the traffic moves; the steps of a canary before it are watched by themselves. */
function isSwitch(action: Action): boolean {
  return action.type === 'putRoute' && action.phase === 'switch' && action.traffic?.canary === null;
}

async function carry(
  options: WalkOptions & { runtime: ContainerRuntime; place: Place },
  action: Action,
): Promise<void> {
  const { deps, deploy, runtime, place, signal } = options;
  const context: HandlerContext = {
    deps,
    runtime,
    memory: options.memory,
    desired: options.desired as Desired,
    signal,
    progress: options.progress,
    log: (text) => deploy.log('info', action.type, text),
  };
  deploy.began(action);
  const startedMs = deps.clock.nowMs();
  const told = (result: 'success' | 'error'): void =>
    deps.metrics.actionEnded({ type: action.type, durationMs: deps.clock.nowMs() - startedMs, result });
  try {
    await (isGate(action) ? carryOut(action, context) : place.run(() => carryOut(action, context)));
    told('success');
    deploy.ended(action, null);
  } catch (error) {
    told('error');
    deploy.ended(action, error);
    throw error;
  }
}

function isIrreversible(phase: Phase): boolean {
  return phase === 'switch' || phase === 'clean';
}

/** Re-plans this unit alone. Gates may have come and gone; another effect than the one we are about to have is a conflict. */
async function lookAgain(
  { deps, caches, memory, plan, desired, without, signal }: WalkOptions,
  rest: readonly Action[],
): Promise<void> {
  if (desired === null) return;
  const planner = deps.planners[desired.kind];
  const [observation, proxy] = await Promise.all([observe(deps, plan.host), observeProxy(deps, signal)]);
  if (planner === undefined || !isKnown(desired, observation))
    throw observation.error ?? new Error('the engine is away');
  const world = await resolveUnit(deps, caches, {
    planner,
    world: worldOf(deps, memory, { desired, observation, proxy, without }),
    shared: new Map(),
  });
  const fresh = planUnit(planner, world);
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

function effects(actions: readonly Action[]): string {
  return JSON.stringify(
    actions.filter((action) => !isGate(action)).map(({ cause: _cause, ...action }) => action),
  );
}
