// Gives all rows of a unit to its new name, in one transaction: history goes along when a workload is renamed.
import type { Database } from 'better-sqlite3';
import type { Store } from '../../ports/store.ts';
import type { Transactions } from './transactions.ts';

/** Deploys of an earlier life of the new name come before those that move: numbers are told of one unit, each once. */
const STEPS = [
  `INSERT OR IGNORE INTO workloads (id, kind, ref_id, name, app_id, notification_url, notification_secret, webhook_secret,
     webhook_signing_secret, webhook_require_signature, created_at, updated_at)
   SELECT @id, kind, @name, @name, app_id, notification_url, notification_secret, webhook_secret,
     webhook_signing_secret, webhook_require_signature, created_at, updated_at FROM workloads WHERE id = @before`,
  `DELETE FROM statuses WHERE unit = @to AND EXISTS (SELECT 1 FROM statuses WHERE unit = @from)`,
  `UPDATE statuses SET unit = @to, workload_id = @id,
     status_json = json_set(status_json, '$.unit', @to, '$.workloadId', @id) WHERE unit = @from`,
  `UPDATE containers SET workload_id = @id, extra_json = json_set(extra_json, '$.unit', @to)
   WHERE json_extract(extra_json, '$.unit') = @from`,
  `UPDATE deploys SET unit = @to, workload_id = @id,
     number = number + (SELECT coalesce(max(number), 0) FROM deploys WHERE unit = @to) WHERE unit = @from`,
  'UPDATE event_log SET unit = @to WHERE unit = @from',
  'UPDATE monitor_results SET unit = @to WHERE unit = @from',
  `DELETE FROM workloads WHERE id = @before
     AND NOT EXISTS (SELECT 1 FROM containers WHERE workload_id = @before)
     AND NOT EXISTS (SELECT 1 FROM statuses WHERE workload_id = @before)`,
];

export function createRenameUnit(
  db: Database,
  { transaction, write, doubt }: Transactions,
): Pick<Store, 'renameUnit'> {
  const steps = STEPS.map((text) => db.prepare(text));
  return {
    renameUnit({ from, to, workload: { id, name, before } }) {
      const given = { from, to, id, name, before };
      transaction(() => {
        for (const step of steps) write(() => step.run(given));
      });
      doubt();
    },
  };
}
