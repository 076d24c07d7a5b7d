// After a pass: what converged is kept as what to fall back on, in control files that survive the index.
import { canonicalJson } from '../core/canonical.ts';
import type { Desired } from '../model/desired.ts';
import { isFault } from '../model/errors.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { Revision } from '../model/revision.ts';
import type { UnitStatus } from '../model/status.ts';
import type { LastApplied } from '../ports/control.ts';
import type { EngineDeps } from './deps.ts';
import type { Observation } from './observe.ts';
import { closeDeploy, closeForGood, closeStuck, closeUndone, tellConverged } from './open-deploys.ts';
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
    const isBusy = state.works.of(desired.unit).busy !== null;
    const isAtRest = plan.actions.length === 0 && !isBusy;
    if (isAtRest && plan.generation !== null) closeUndone(deps, { unit: desired.unit, runs: plan.runs });
    const stuck = isBusy ? null : inTheWay(deps, { desired, plan });
    if (stuck !== null) {
      closeStuck(deps, desired.unit, stuck);
      state.saved.delete(desired);
    }
    if (deps.control.hold(desired.unit) !== null)
      lifted = settleHold(deps, { desired, plan, isAtRest }) || lifted;
    if (!converged.has(desired.unit) || desired.held !== null || !plan.generation) continue;
    if (desired.state === 'stopped') {
      rememberStopped(deps, desired.unit);
      if (isAtRest) closeForGood(deps, desired.unit);
      continue;
    }
    const { specHash, digest } = plan.generation;
    // What failed before it may be tried again when somebody asks for it once more; and if it is this one that had
    // failed, it is well all the same, and is healed as ever.
    if (deps.control.quarantine(desired.unit).length > 0)
      lifted = deps.control.liftQuarantine(desired.unit) || lifted;
    if (state.saved.get(desired) === specHash) continue;
    tellConverged(deps, { unit: desired.unit, specHash, digest });
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
        // An engine that gave no answer, or none to be understood: the others are kept all the same, and this one later.
        if (!isFault(error)) throw error;
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

/** What ends neither by itself nor by being tried again. */
function inTheWay(
  { control }: Pick<EngineDeps, 'control'>,
  { desired, plan }: { desired: Desired; plan: UnitPlan },
): { reason: string; message: string } | null {
  const { unit, held, suspend } = desired;
  const ejection = control.ejection(unit);
  if (ejection !== null) return { reason: 'Ejected', message: `ejected by ${ejection.by}` };
  const suspension = control.suspension(unit);
  if (suspension !== null) return { reason: 'Suspended', message: `suspended by ${suspension.by}` };
  if (suspend) return { reason: 'Suspended', message: 'suspended by its manifest' };
  if (plan.blocked?.wait === false) return plan.blocked.problem;
  return held === null ? null : { reason: 'Held', message: held };
}

/**
 * A rollback ends with a change of what was wanted when it was set. While it stands, what it went back to is what
 * converged last: it is the one to keep when the next version fails.
 */
function settleHold(
  { control, ...deps }: EngineDeps,
  { desired, plan, isAtRest }: { desired: Desired; plan: UnitPlan; isAtRest: boolean },
): boolean {
  const hold = control.hold(desired.unit);
  if (hold === null || plan.generation === null) return false;
  if (plan.hold == null)
    return desired.held === null && plan.blocked === null && control.liftHold(desired.unit);
  if (!isAtRest || plan.blocked !== null || plan.health.status === 'unhealthy') return false;
  if (control.lastApplied(desired.unit)?.specHash !== hold.specHash)
    control.saveLastApplied(appliedOf(hold.desired, hold));
  closeDeploy(deps, hold, {
    status: 'rolled_back',
    reason: 'RollbackHold',
    message: `back to ${hold.release} by ${hold.by}`,
  });
  return false;
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
