// Deploys that their own work did not end, since it was killed or could do nothing: they end with the pass that finds all done.
import type { DeployRow } from '../model/record.ts';
import type { Hold } from '../model/revision.ts';
import type { EngineDeps } from './deps.ts';

type End = Pick<DeployRow, 'status' | 'reason' | 'message'>;

/** Deploys of other versions that came after it and were given up. */
const MOST_LOOKED_AT = 10;

/** Of a deploy whose wish is not that of its unit any more. */
export const SUPERSEDED: End = {
  status: 'failed',
  reason: 'Superseded',
  message: 'a newer wish took its place',
};

/** A kill at the very end leaves its deploy open, and so does a wish that changes to what is there: nothing else closes it. */
export function closeDeploy(
  { store, clock }: Pick<EngineDeps, 'store' | 'clock'>,
  { unit, specHash }: Pick<Hold, 'unit' | 'specHash'>,
  end: End,
): void {
  const open = openDeploy(store, unit);
  if (open === null) return;
  const told = open.specHash === specHash ? end : SUPERSEDED;
  store.updateDeploy(open.id, { ...told, finishedAtMs: clock.nowMs() });
}

/**
 * What is wanted runs as it is wanted. A deploy of it that had failed, or that somebody stopped, has had its effect all
 * the same: the diary says so by one more, for what was told of that one was true when it was told.
 */
export function tellConverged(
  deps: Pick<EngineDeps, 'store' | 'clock'>,
  { unit, specHash, digest }: Pick<Hold, 'unit' | 'specHash' | 'digest'>,
): void {
  const { store, clock } = deps;
  closeDeploy(deps, { unit, specHash }, { status: 'success', reason: null, message: null });
  const [newest] = store.deploys(unit, { limit: 1 });
  if (newest?.status !== 'failed') return;
  const own = store
    .deploys(unit, { limit: MOST_LOOKED_AT })
    .find((row) => row.specHash === specHash && (row.digest ?? '') === digest);
  if (own?.status !== 'failed') return;
  const { id: _id, number: _number, ...failed } = own;
  const atMs = clock.nowMs();
  const message = `runs ${own.toVersion ?? 'it'} as declared, although the deploy before had ended: ${own.message ?? own.reason}`;
  store.startDeploy({
    ...failed,
    ...{ status: 'success', cause: 'what was there was as declared', reason: null, message },
    ...{ startedAtMs: atMs, finishedAtMs: atMs, steps: [], proof: null },
  });
  store.addEvent({ atMs, severity: 'info', unit, reason: 'Deployed', message });
}

/**
 * A bad version that could not be put away at once, for the engine failed or we were killed: its deploy has ended when
 * nothing is left to do about it, by whatever pass. One that was told as a success is none any more: it fell ill
 * after its switch, and we were killed before that was written.
 */
export function closeUndone(
  { store, control, clock }: Pick<EngineDeps, 'store' | 'control' | 'clock'>,
  { unit, runs }: { unit: string; runs: string | null },
): void {
  const bad = control.quarantine(unit);
  const [newest] = bad.length === 0 ? [] : store.deploys(unit, { limit: 1 });
  const open = newest?.finishedAtMs === null || newest?.status === 'success' ? newest : undefined;
  const why = bad.find(({ specHash, digest }) => specHash === open?.specHash && digest === open.digest);
  if (open === undefined || why === undefined) return;
  const { reason, message } = why;
  const isBack = runs !== null && control.lastApplied(unit) !== null;
  const atMs = clock.nowMs();
  store.updateDeploy(open.id, {
    ...{ status: isBack ? 'rolled_back' : 'failed', reason, message },
    finishedAtMs: atMs,
  });
  store.addEvent({
    ...{ atMs, severity: 'error', unit, reason: isBack ? 'RolledBack' : reason },
    message: isBack ? `${message}; ${runs} serves` : message,
  });
}

/**
 * Nobody goes on with it until somebody mends what is in its way, or takes back what they said: it has ended here, and
 * what comes then is another one. Of a version that failed the way back is still to come, and tells it.
 */
export function closeStuck(
  { store, control, clock }: Pick<EngineDeps, 'store' | 'control' | 'clock'>,
  unit: string,
  { reason, message }: Pick<DeployRow, 'reason' | 'message'>,
): void {
  const open = openDeploy(store, unit);
  if (open === null || isPutAway(control, open)) return;
  store.updateDeploy(open.id, { status: 'failed', reason, message, finishedAtMs: clock.nowMs() });
}

/**
 * What went wrong with it does not pass by itself: it is open no more, and is gone on with where it is tried again. Of a
 * version that failed the way back went wrong.
 */
export function endStuck(
  { store, control, clock }: Pick<EngineDeps, 'store' | 'control' | 'clock'>,
  id: number,
  { reason, message }: { reason: string; message: string },
): void {
  const row = store.deploy(id);
  if (row === null || row.finishedAtMs !== null || isPutAway(control, row)) return;
  const finishedAtMs = clock.nowMs();
  const steps = row.steps.map((step) => {
    if (step.status === 'now') return { ...step, status: 'failed' as const, finishedAtMs };
    return step.status === 'waiting' ? { ...step, status: 'skipped' as const } : step;
  });
  store.updateDeploy(id, { status: 'failed', reason, message, finishedAtMs, steps });
}

/** Stopped, or gone from its source: what was on its way to run is not coming any more. */
export function closeForGood({ store, clock }: Pick<EngineDeps, 'store' | 'clock'>, unit: string): void {
  const open = openDeploy(store, unit);
  if (open !== null) store.updateDeploy(open.id, { ...SUPERSEDED, finishedAtMs: clock.nowMs() });
}

function isPutAway(control: EngineDeps['control'], row: DeployRow): boolean {
  return control
    .quarantine(row.unit)
    .some(({ specHash, digest }) => specHash === row.specHash && digest === row.digest);
}

function openDeploy(store: EngineDeps['store'], unit: string): DeployRow | null {
  const [newest] = store.deploys(unit, { limit: 1 });
  return newest === undefined || newest.finishedAtMs !== null ? null : newest;
}
