// Walks one unit's plan, action by action. Before what cannot be undone it looks again; a plan that no longer fits is dropped.
import type { Action, Phase } from '../model/action.ts';
import type { Desired } from '../model/desired.ts';
import type { ContainerRuntime } from '../ports/container-runtime.ts';
import type { DeployRecorder } from './deploys.ts';
import type { HandlerContext } from './handlers/context.ts';
import { carryOut, isGate } from './handlers/table.ts';
import { type LookOptions, lookAgain, type Sight, takeSight } from './look-again.ts';
import type { Place, Semaphore } from './semaphore.ts';
import { isNoticed, probeSwitch, type SwitchProbe } from './switch-probe.ts';

export interface WalkOptions extends LookOptions {
  heavy: Semaphore;
  deploy: DeployRecorder;
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
    let sight: Promise<Sight> | null = null;
    for (const [index, action] of plan.actions.entries()) {
      signal.throwIfAborted();
      if (phase !== null && action.phase !== phase && isIrreversible(action.phase))
        await lookAgain(options, { rest: plan.actions.slice(index), sight: await sight });
      phase = action.phase;
      // It only asks, and is short, so the look that follows it is taken meanwhile.
      sight = action.type === 'proveRoute' ? takeSight(options) : null;
      if (isNoticed(action, plan))
        probe.running ??= probeSwitch(deps, { plan, desired: options.desired }, signal);
      await carry({ ...options, runtime, place }, action);
    }
  } finally {
    const proof = (await probe.running?.end()) ?? null;
    if (proof !== null) deploy.proved(proof);
  }
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
