// Deploys that their own work did not end, since it was killed or could do nothing: they end with the pass that finds all done.
import type { DeployRow } from '../model/record.ts';
import type { Hold } from '../model/revision.ts';
import type { EngineDeps } from './deps.ts';

type End = Pick<DeployRow, 'status' | 'reason' | 'message'>;

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

/** Stopped, or gone from its source: what was on its way to run is not coming any more. */
export function closeForGood({ store, clock }: Pick<EngineDeps, 'store' | 'clock'>, unit: string): void {
  const open = openDeploy(store, unit);
  if (open !== null) store.updateDeploy(open.id, { ...SUPERSEDED, finishedAtMs: clock.nowMs() });
}

function openDeploy(store: EngineDeps['store'], unit: string): DeployRow | null {
  const [newest] = store.deploys(unit, { limit: 1 });
  return newest === undefined || newest.finishedAtMs !== null ? null : newest;
}
