// What is written down of a unit's deploys, laid beside how the unit stands: one may not contradict the other.
import assert from 'node:assert/strict';
import type { DeployRow } from '../../src/model/record.ts';
import type { LoopRig } from './loop-rig.ts';

const ENDS: ReadonlySet<string> = new Set(['success', 'failed', 'rolled_back']);

/** Call it at rest: when nothing is at work, and nothing waits for something that ends by itself. */
export function assertToldTruly(
  { store, status }: Pick<LoopRig, 'store' | 'status'>,
  { unit, when }: { unit: string; when: string },
): void {
  const rows = store.deploys(unit, { limit: 50 });
  const told = `${when}; deploys, the newest first: ${rows.map(words).join(', ')}`;
  for (const row of rows) {
    const { status, finishedAtMs, toVersion, reason } = row;
    assert.ok(finishedAtMs !== null && ENDS.has(status), `a deploy is open: ${told}`);
    assert.notEqual(toVersion, null, `a deploy is to no version: ${told}`);
    if (status !== 'success') assert.notEqual(reason, null, `a deploy says not why it ended so: ${told}`);
  }
  const { outcome, reason, sentence, runs, specHash, digest } = status(unit);
  const [newest] = rows;
  const own = rows.find((row) => row.specHash === specHash && row.digest === (digest ?? ''));
  const against = `${outcome} (${reason}: ${sentence}), but ${told}`;
  if (outcome === 'converged') {
    assert.deepEqual([own?.status, own?.toVersion], ['success', runs], against);
    // After it came at most what was given up.
    for (const row of rows.slice(0, rows.indexOf(own as DeployRow)))
      assert.equal(row.status, 'failed', against);
  }
  if (outcome === 'rolled-back')
    assert.deepEqual([newest?.id, own?.status], [own?.id, 'rolled_back'], against);
  if (reason === 'RollbackHold')
    assert.deepEqual([newest?.status, newest?.toVersion], ['rolled_back', runs], against);
}

function words({ id, status, fromVersion, toVersion, reason }: DeployRow): string {
  return `${id} ${fromVersion} → ${toVersion} ${status}${reason === null ? '' : ` (${reason})`}`;
}
