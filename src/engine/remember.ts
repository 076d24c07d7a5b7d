// After a pass: what converged is kept as what to fall back on, in control files that survive the index.
import { canonicalJson } from '../core/canonical.ts';
import type { Desired } from '../model/desired.ts';
import { isFault } from '../model/errors.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { DeployRow } from '../model/record.ts';
import type { Hold, Revision } from '../model/revision.ts';
import type { UnitStatus } from '../model/status.ts';
import type { LastApplied } from '../ports/control.ts';
import type { EngineDeps } from './deps.ts';
import type { Observation } from './observe.ts';
import type { Planned } from './plan-all.ts';
import type { Wish } from './read-sources.ts';
import { dropDoubles, type LookedAt, makeRevision } from './revisions.ts';
import type { LoopState } from './state.ts';

/** What converged is what to fall back on; what is gone from wish and engine is forgotten. */
export async function remember(
  deps: EngineDeps,
  state: LoopState,
  facts: {
    wish: Wish;
    planned: Planned;
    statuses: UnitStatus[];
    observations: ReadonlyMap<string, Observation>;
  },
): Promise<{ lifted: boolean }> {
  const { wish, planned, statuses, observations } = facts;
  let lifted = false;
  const lookedAt: LookedAt = new Map();
  const fresh: { desired: Desired; revision: Revision; applied: LastApplied | null }[] = [];
  const converged = new Set(
    statuses.filter((status) => status.outcome === 'converged').map((status) => status.unit),
  );
  for (const desired of wish.units) {
    const plan = planned.plans.get(desired.unit);
    if (plan === undefined) continue;
    if (deps.control.hold(desired.unit) !== null) lifted = settleHold(deps, desired, plan) || lifted;
    if (!converged.has(desired.unit) || desired.held !== null || !plan.generation) continue;
    if (desired.state === 'stopped') {
      rememberStopped(deps, desired.unit);
      continue;
    }
    const { specHash, digest } = plan.generation;
    // Another generation stands: what failed before it may be tried again when somebody asks for it once more.
    if (
      deps.control
        .quarantine(desired.unit)
        .some((entry) => entry.specHash !== specHash || entry.digest !== digest)
    ) {
      lifted = deps.control.liftQuarantine(desired.unit) || lifted;
    }
    if (state.saved.get(desired) === specHash) continue;
    closeDeploy(deps, { unit: desired.unit, specHash }, { status: 'success', reason: null, message: null });
    const before = deps.control.lastApplied(desired.unit);
    const isSame =
      before?.specHash === specHash &&
      before.digest === digest &&
      essence(before.desired) === essence(desired);
    const newest = deps.control.revisions(desired.unit)[0];
    if (!isSame || newest?.specHash !== specHash || newest.digest !== digest) {
      const release = plan.wants ?? '';
      const containers = observations.get(desired.host)?.byUnit.get(desired.unit) ?? [];
      const facts = { desired, specHash, digest, release, containers };
      const revision = await makeRevision(deps, facts, lookedAt).catch((error: unknown) => {
        // An engine that did not answer now: the others are kept all the same, and this one by the next pass.
        if (!isFault(error) || error.disposition !== 'retry') throw error;
        deps.log.warn('A version that converged is kept later', {
          workload: desired.unit,
          why: error.message,
        });
        return null;
      });
      if (revision !== null)
        fresh.push({ desired, revision, applied: isSame ? null : appliedOf(desired, facts) });
      continue;
    }
    state.saved.set(desired, specHash);
  }
  await deps.control.saveConverged(fresh);
  for (const { desired, revision } of fresh) {
    dropDoubles(deps, revision);
    state.saved.set(desired, revision.specHash);
  }
  return { lifted };
}

/**
 * A rollback ends with a change of what was wanted when it was set. While it stands, what it went back to is what
 * converged last: it is the one to keep when the next version fails.
 */
function settleHold({ control, ...deps }: EngineDeps, desired: Desired, plan: UnitPlan): boolean {
  const hold = control.hold(desired.unit);
  if (hold === null || plan.generation === null) return false;
  if (plan.hold == null)
    return desired.held === null && plan.blocked === null && control.liftHold(desired.unit);
  const isDone = plan.actions.length === 0 && plan.blocked === null && plan.health.status !== 'unhealthy';
  if (isDone && control.lastApplied(desired.unit)?.specHash !== hold.specHash) {
    control.saveLastApplied(appliedOf(hold.desired, hold));
    closeDeploy(deps, hold, {
      status: 'rolled_back',
      reason: 'RollbackHold',
      message: `back to ${hold.release} by ${hold.by}`,
    });
  }
  return false;
}

/** A kill at the very end leaves its deploy open, and nothing is left to do that would close it. */
function closeDeploy(
  { store, clock }: Pick<EngineDeps, 'store' | 'clock'>,
  { unit, specHash }: Pick<Hold, 'unit' | 'specHash'>,
  end: Pick<DeployRow, 'status' | 'reason' | 'message'>,
): void {
  const [open] = store.deploys(unit, { limit: 1 });
  if (open === undefined || open.finishedAtMs !== null || open.specHash !== specHash) return;
  store.updateDeploy(open.id, { ...end, finishedAtMs: clock.nowMs() });
}

function appliedOf(
  desired: Desired,
  { specHash, digest, release }: { specHash: string; digest: string; release: string },
): LastApplied {
  return {
    unit: desired.unit,
    source: desired.source,
    file: desired.place.file,
    revision: desired.revision,
    desired,
    specHash,
    digest,
    release,
  };
}

/** The version stays the last that ran; that it is stopped holds also when its file cannot be read one day. */
function rememberStopped({ control }: EngineDeps, unit: string): void {
  const before = control.lastApplied(unit);
  if (before === null || before.desired.state === 'stopped') return;
  control.saveLastApplied({ ...before, desired: { ...before.desired, state: 'stopped' } });
}

/**
 * Without what each commit changes: a thousand units at rest are not written again for it. The file counts: while it
 * cannot be read one day, what was read from it is held.
 */
function essence(desired: Desired): string {
  return canonicalJson({
    ...desired,
    revision: null,
    place: desired.place.file,
    ...(desired.kind === 'stack' ? { root: null } : {}),
  });
}
