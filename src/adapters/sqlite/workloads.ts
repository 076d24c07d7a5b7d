// Rows of `workloads`: the address of each manifest.
import type { Database } from 'better-sqlite3';
import type { Store, WorkloadRow } from '../../ports/store.ts';
import { withRowFaults } from './faults.ts';
import type { Transactions } from './transactions.ts';

type Part = Pick<Store, 'upsertWorkload' | 'workload' | 'workloads' | 'removeWorkload'>;
type Given = Parameters<Store['upsertWorkload']>[0];
type Stored = Omit<WorkloadRow, 'webhookRequireSignature'> & { webhookRequireSignature: number };

const COLUMNS = `id, kind, ref_id AS refId, name, app_id AS appId, notification_url AS notificationUrl,
  notification_secret AS notificationSecret, webhook_secret AS webhookSecret,
  webhook_signing_secret AS webhookSigningSecret, webhook_require_signature AS webhookRequireSignature,
  created_at AS createdAtMs, updated_at AS updatedAtMs`;

export function createWorkloads(db: Database, { write, doubt }: Transactions): Part {
  const one = db.prepare<[string], Stored>(`SELECT ${COLUMNS} FROM workloads WHERE id = ?`);
  const all = db.prepare<[], Stored>(`SELECT ${COLUMNS} FROM workloads ORDER BY id`);
  const remove = db.prepare('DELETE FROM workloads WHERE id = ?');
  const upsert = db.prepare(`
    INSERT INTO workloads (id, kind, ref_id, name, app_id, notification_url, notification_secret, webhook_secret,
      webhook_signing_secret, webhook_require_signature, created_at, updated_at)
    VALUES (@id, @kind, @refId, @name, @appId, @notificationUrl, @notificationSecret, @webhookSecret,
      @webhookSigningSecret, @webhookRequireSignature, @nowMs, @nowMs)
    ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, ref_id = excluded.ref_id, name = excluded.name,
      app_id = excluded.app_id, notification_url = excluded.notification_url,
      notification_secret = excluded.notification_secret, webhook_secret = excluded.webhook_secret,
      webhook_signing_secret = excluded.webhook_signing_secret,
      webhook_require_signature = excluded.webhook_require_signature, updated_at = excluded.updated_at`);

  function workload(id: string): WorkloadRow | null {
    const row = one.get(id);
    return row === undefined ? null : toRow(row);
  }

  function upsertWorkload(row: Given, nowMs: number): void {
    const before = workload(row.id);
    if (before !== null && isSame(before, row)) return;
    const values = { ...row, webhookRequireSignature: row.webhookRequireSignature ? 1 : 0, nowMs };
    const subject = { what: `The ${row.kind} ${row.refId}`, reference: null };
    withRowFaults(subject, () => write(() => upsert.run(values)));
  }

  function removeWorkload(id: string): void {
    if (one.get(id) === undefined) return;
    const subject = { what: `The workload ${id}`, reference: { referenced: 'containers' } };
    withRowFaults(subject, () => write(() => remove.run(id)));
    // Its statuses went along.
    doubt();
  }

  return { upsertWorkload, workload, workloads: () => all.all().map(toRow), removeWorkload };
}

function toRow(row: Stored): WorkloadRow {
  return { ...row, webhookRequireSignature: row.webhookRequireSignature === 1 };
}

function isSame(before: WorkloadRow, row: Given): boolean {
  return (
    before.kind === row.kind &&
    before.refId === row.refId &&
    before.name === row.name &&
    before.appId === row.appId &&
    before.notificationUrl === row.notificationUrl &&
    before.notificationSecret === row.notificationSecret &&
    before.webhookSecret === row.webhookSecret &&
    before.webhookSigningSecret === row.webhookSigningSecret &&
    before.webhookRequireSignature === row.webhookRequireSignature
  );
}
