// Carries out one unit's plan and says truly how it ended; a new version that fails is quarantined and undone.
import { isRollout } from '../core/dependencies.ts';
import type { Desired } from '../model/desired.ts';
import { type Fault, fault, isFault } from '../model/errors.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { Hold } from '../model/revision.ts';
import type { QuarantineEntry } from '../model/world.ts';
import type { AnswerCaches } from './answer.ts';
import { beginDeploy, type DeployRecorder, noDeploy } from './deploys.ts';
import type { EngineDeps } from './deps.ts';
import { planFrom, takeSight } from './look-again.ts';
import type { Memory } from './memory.ts';
import type { Semaphore } from './semaphore.ts';
import { walk } from './walk.ts';

/** Each try stops what runs for a moment, so it is not made in each pass. `sync` and a change do not wait for it. */
const COSTLY_AGAIN_MS = { stalled: 600_000, retry: 30_000 };

export interface WorkOptions {
  deps: EngineDeps;
  caches: AnswerCaches;
  memory: Memory;
  heavy: Semaphore;
  plan: UnitPlan;
  /** Null when the unit is being removed. */
  desired: Desired | null;
  signal: AbortSignal;
  onDeploy(id: number | null): void;
  progress(text: string): void;
}

/** Throws what could not be done and was not undone. */
export async function workUnit(options: WorkOptions): Promise<void> {
  const { deps, plan, desired } = options;
  const startedMs = deps.clock.nowMs();
  const hold = isRollback(plan) ? (plan.hold ?? null) : null;
  const stops = desired?.state === 'stopped';
  const deploy =
    desired !== null && (isRollout(plan) || hold !== null) && plan.generation !== null
      ? beginDeploy(deps, asTold(plan, { hold, stops }), {
          workloadId: desired.workloadId,
          revision: desired.revision,
          stops,
          stuck: options.memory.stuck.get(plan.unit),
        })
      : noDeploy(deps, plan.unit);
  options.onDeploy(deploy.id);
  const tell = (result: string): void => {
    if (deploy.id !== null)
      deps.metrics.deployEnded({
        unit: plan.unit,
        kind: plan.kind,
        result,
        durationMs: deps.clock.nowMs() - startedMs,
      });
  };
  try {
    await walk({ ...options, deploy });
    if (hold !== null) {
      endRollback(deps, { plan, hold, deploy });
      options.memory.proven.get(plan.unit)?.add(hold.specHash);
      tell('rolled_back');
      return;
    }
    deploy.finish('success', { reason: null, message: null });
    if (deploy.id !== null && plan.generation && plan.runs !== null && !stops)
      options.memory.probation.set(plan.unit, {
        ...plan.generation,
        release: plan.wants ?? '',
        deployId: deploy.id,
        sinceMs: deps.clock.nowMs(),
      });
    if (deploy.id !== null && plan.generation && !stops)
      options.memory.proven.get(plan.unit)?.add(plan.generation.specHash);
    record(deps, { plan, deploy, stops });
    tell('success');
  } catch (error) {
    if (
      hold !== null &&
      isFault(error) &&
      (error.disposition === 'version' || error.disposition === 'stalled')
    ) {
      await giveUpRollback(options, { desired, hold, deploy, error });
      tell('failed');
      return;
    }
    if (isFault(error) && error.disposition === 'version' && deploy.id !== null && desired !== null) {
      const result = await undo(options, { desired, deploy, error });
      tell(result);
      return;
    }
    if (isFault(error) && error.disposition !== 'conflict') {
      deploy.log('warn', 'waiting', error.message);
      if (plan.strategy === 'recreate' && desired !== null)
        throw await bringBack(options, { desired, deploy, error });
    }
    throw error;
  }
}

/** What the deploy is of: what a person went back to, or what is stopped, whatever its manifest names meanwhile. */
function asTold(plan: UnitPlan, { hold, stops }: { hold: Hold | null; stops: boolean }): UnitPlan {
  if (hold !== null) return { ...plan, generation: hold, wants: hold.release };
  return stops ? { ...plan, wants: plan.runs ?? plan.wants } : plan;
}

/** A rollback by hand is under way; what heals a version that is held already is none. */
function isRollback(plan: UnitPlan): boolean {
  return plan.hold != null && plan.cause?.type === 'rollback';
}

function endRollback(
  { store, clock }: EngineDeps,
  { plan, hold, deploy }: { plan: UnitPlan; hold: Hold; deploy: DeployRecorder },
): void {
  const message = `back to ${hold.release} by ${hold.by}; ${hold.wanted.release} is held`;
  deploy.finish('rolled_back', { reason: 'RollbackHold', message });
  store.addEvent({
    atMs: clock.nowMs(),
    severity: 'info',
    unit: plan.unit,
    reason: 'RollbackHold',
    message,
  });
}

/** The version that was to come back is no better: the hold is lifted, and what ran goes on (law 1). */
async function giveUpRollback(
  options: WorkOptions,
  failure: { desired: Desired | null; hold: Hold; deploy: DeployRecorder; error: Fault },
): Promise<void> {
  const { deps, plan } = options;
  const { desired, hold, deploy, error } = failure;
  deps.control.liftHold(plan.unit);
  const back = desired === null ? null : await planAgain(options, desired);
  if (back !== null && back.actions.length > 0) await walk({ ...options, plan: back, deploy });
  const message = `${hold.release} could not be brought back: ${error.message}`;
  deploy.finish('failed', { reason: error.reason, message });
  deps.store.addEvent({
    atMs: deps.clock.nowMs(),
    severity: 'error',
    unit: plan.unit,
    reason: error.reason,
    message: `${message}; ${back?.runs ?? hold.wanted.release} stays`,
  });
}

/** The new version is bad: remember that, plan again, and walk what the planner says about it. */
async function undo(
  options: WorkOptions,
  failure: { desired: Desired; deploy: DeployRecorder; error: Fault },
): Promise<string> {
  const { deps, plan } = options;
  const { desired, deploy, error } = failure;
  deps.control.addQuarantine(entryOf(options, error));
  const sight = await takeSight(options);
  const back = await planFrom({ ...options, desired }, sight);
  // Whether the old one serves is not known now: the deploy ends with the pass that knows.
  if (back === null) throw sight.observation.error ?? error;
  if (back.actions.length > 0) await walk({ ...options, plan: back, deploy });
  const kept = back.runs !== null && deps.control.lastApplied(plan.unit) !== null;
  const status = kept ? 'rolled_back' : 'failed';
  deploy.finish(status, { reason: error.reason, message: error.message });
  deps.store.addEvent({
    atMs: deps.clock.nowMs(),
    severity: 'error',
    unit: plan.unit,
    reason: kept ? 'RolledBack' : error.reason,
    message: kept ? `${error.message}; ${back.runs} serves` : error.message,
  });
  return status;
}

/**
 * Law 1 where the new one cannot start through no fault of its own (a port is taken, a mount is gone): what was stopped
 * to make room for it is started again, and the new one waits. Resolves to what to tell; nothing is remembered as bad.
 */
async function bringBack(
  options: WorkOptions,
  { desired, deploy, error }: { desired: Desired; deploy: DeployRecorder; error: Fault },
): Promise<Fault> {
  const without = entryOf(options, error);
  const back = await planAgain(options, desired, without);
  if (back === null || !back.actions.some((action) => action.type === 'startContainer')) return error;
  await walk({ ...options, plan: back, deploy, without });
  const { code, reason, hint, disposition, message } = error;
  return fault({
    code,
    reason,
    message,
    hint: hint ?? undefined,
    disposition,
    cause: error,
    retryAfterMs: disposition === 'retry' ? COSTLY_AGAIN_MS.retry : COSTLY_AGAIN_MS.stalled,
  });
}

function entryOf({ deps, plan }: WorkOptions, error: Fault): QuarantineEntry {
  return {
    unit: plan.unit,
    specHash: plan.generation?.specHash ?? '',
    digest: plan.generation?.digest ?? '',
    release: plan.wants ?? '',
    reason: error.reason,
    message: error.message,
    evidence: error.evidence.slice(-25),
    atMs: deps.clock.nowMs(),
  };
}

async function planAgain(
  options: WorkOptions,
  desired: Desired,
  without?: QuarantineEntry,
): Promise<UnitPlan | null> {
  return planFrom({ ...options, desired, without }, await takeSight(options));
}

/** Healing is an event of its own: somebody or something moved reality. */
function record(
  deps: EngineDeps,
  { plan, deploy, stops }: { plan: UnitPlan; deploy: DeployRecorder; stops: boolean },
): void {
  const reason =
    deploy.id !== null
      ? stops
        ? 'Stopped'
        : 'Deployed'
      : plan.cause?.type === 'drift'
        ? 'DriftHealed'
        : plan.cause?.type === 'remove'
          ? 'Removed'
          : plan.cause?.type === 'adopt'
            ? 'Adopted'
            : null;
  if (reason === null) return;
  const text = {
    Deployed: `${plan.kind === 'proxy' ? 'leads to' : 'runs'} ${plan.wants ?? ''}`,
    Stopped: 'stopped, as its manifest says',
    DriftHealed: `${plan.cause?.text ?? 'it differed from what is declared'}; put right`,
    Adopted: `${plan.cause?.text ?? 'taken over'}; nothing was restarted`,
    Removed: `removed: ${plan.cause?.text ?? ''}`,
  }[reason];
  deps.store.addEvent({
    atMs: deps.clock.nowMs(),
    severity: reason === 'DriftHealed' ? 'warn' : 'info',
    unit: plan.unit,
    reason,
    message: text,
  });
}
