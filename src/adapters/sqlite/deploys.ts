// Rows of `deploys`: what was rolled out when, and how it ended.
import type { Database } from 'better-sqlite3';
import type { DeployRow, DeployStep, SwitchProof } from '../../model/record.ts';
import type { Page, Store } from '../../ports/store.ts';
import { rowMissing, withRowFaults } from './faults.ts';
import { limitOf } from './page.ts';
import type { Transactions } from './transactions.ts';

type Part = Pick<Store, 'startDeploy' | 'updateDeploy' | 'deploy' | 'deploys' | 'provenHashes'>;
type Change = Parameters<Store['updateDeploy']>[1];
type Stored = Omit<DeployRow, 'steps' | 'proof'> & { json: string; proofJson: string | null };

/** Logs are long: they are kept for the newest deploys of each unit. */
const LOGGED_PER_UNIT = 50;
/** A unit that fails every few minutes for a year must not fill the disk. What succeeded is kept: it is proven. */
const UNSUCCESSFUL_PER_UNIT = 1_000;

const SELECT = `SELECT id, number, unit, workload_id AS workloadId, status, from_version AS fromVersion,
  to_version AS toVersion, spec_hash AS specHash, digest, revision, cause, reason, message,
  started_at AS startedAtMs, finished_at AS finishedAtMs, steps_json AS json, proof_json AS proofJson FROM deploys`;

export function createDeploys(db: Database, { transaction, write }: Transactions): Part {
  const one = db.prepare<[number], Stored>(`${SELECT} WHERE id = ?`);
  const newest = db.prepare<[{ beforeId: number; limit: number }], Stored>(
    `${SELECT} WHERE id < @beforeId ORDER BY id DESC LIMIT @limit`,
  );
  const newestOfUnit = db.prepare<[{ unit: string; beforeId: number; limit: number }], Stored>(
    `${SELECT} WHERE unit = @unit AND id < @beforeId ORDER BY number DESC LIMIT @limit`,
  );
  const lastNumber = db.prepare<[string], { number: number }>(
    'SELECT coalesce(max(number), 0) AS number FROM deploys WHERE unit = ?',
  );
  const proven = db.prepare<[string], { hash: string }>(
    `SELECT DISTINCT spec_hash AS hash FROM deploys
     WHERE unit = ? AND status = 'success' AND spec_hash IS NOT NULL ORDER BY spec_hash`,
  );
  const insert = db.prepare(`
    INSERT INTO deploys (number, unit, workload_id, status, from_version, to_version, spec_hash, digest, revision,
      cause, reason, message, started_at, finished_at, steps_json, proof_json)
    VALUES (@number, @unit, @workloadId, @status, @fromVersion, @toVersion, @specHash, @digest, @revision,
      @cause, @reason, @message, @startedAtMs, @finishedAtMs, @json, @proofJson)`);
  const update = db.prepare(`
    UPDATE deploys SET workload_id = @workloadId, status = @status, from_version = @fromVersion,
      to_version = @toVersion, spec_hash = @specHash, digest = @digest, revision = @revision, cause = @cause,
      reason = @reason, message = @message, started_at = @startedAtMs, finished_at = @finishedAtMs,
      steps_json = @json, proof_json = @proofJson WHERE id = @id`);
  const dropLogs = db.prepare(
    'DELETE FROM deploy_logs WHERE deploy_id IN (SELECT id FROM deploys WHERE unit = ? AND number <= ?)',
  );
  const dropDeploys = db.prepare(
    `DELETE FROM deploys WHERE unit = ? AND number <= ? AND status <> 'success'`,
  );

  function startDeploy(row: Omit<DeployRow, 'id' | 'number'>): DeployRow {
    const number = (lastNumber.get(row.unit)?.number ?? 0) + 1;
    const subject = { what: `A deploy of ${row.unit}`, reference: null };
    return withRowFaults(subject, () =>
      transaction(() => {
        const { lastInsertRowid } = write(() => insert.run(toValues({ ...row, number })));
        dropLogs.run(row.unit, number - LOGGED_PER_UNIT);
        dropDeploys.run(row.unit, number - UNSUCCESSFUL_PER_UNIT);
        return { ...row, number, id: Number(lastInsertRowid) };
      }),
    );
  }

  function updateDeploy(id: number, change: Change): void {
    const before = one.get(id);
    if (before === undefined) throw rowMissing(`The deploy ${id}`);
    const after: Stored = { ...before, ...toValues(change) };
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    const subject = { what: `The deploy ${before.number} of ${before.unit}`, reference: null };
    withRowFaults(subject, () => write(() => update.run({ ...after, id })));
  }

  function deploys(unit: string | null, page: Page): DeployRow[] {
    const bounds = { beforeId: page.beforeId ?? Number.MAX_SAFE_INTEGER, limit: limitOf(page) };
    const rows = unit === null ? newest.all(bounds) : newestOfUnit.all({ ...bounds, unit });
    return rows.map(toRow);
  }

  function deploy(id: number): DeployRow | null {
    const row = one.get(id);
    return row === undefined ? null : toRow(row);
  }

  return {
    startDeploy,
    updateDeploy,
    deploy,
    deploys,
    provenHashes: (unit) => proven.all(unit).map((r) => r.hash),
  };
}

function toRow({ json, proofJson, ...row }: Stored): DeployRow {
  const proof = proofJson === null ? null : (JSON.parse(proofJson) as SwitchProof);
  return { ...row, steps: JSON.parse(json) as DeployStep[], proof };
}

/** Absent keys stay absent, so that a change of one field overwrites no other. */
function toValues(row: Partial<Omit<DeployRow, 'id'>>): Partial<Stored> {
  const { steps, proof, ...columns } = row;
  const given = Object.entries(columns).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given),
    ...(steps === undefined ? {} : { json: JSON.stringify(steps) }),
    ...(proof === undefined ? {} : { proofJson: proof === null ? null : JSON.stringify(proof) }),
  };
}
