// Rows of `deliveries`: what came in by webhook, each once, the newest thousand.
import type { Database } from 'better-sqlite3';
import type { DeliveryRow } from '../../model/record.ts';
import type { Page, Store } from '../../ports/store.ts';
import { withRowFaults } from './faults.ts';
import { limitOf } from './page.ts';
import type { Transactions } from './transactions.ts';

const KEPT = 1_000;

export function createDeliveries(
  db: Database,
  { transaction, write }: Transactions,
): Pick<Store, 'addDelivery' | 'deliveries'> {
  const seen = db.prepare<[string, string]>('SELECT 1 FROM deliveries WHERE hook = ? AND delivery_id = ?');
  const insert = db.prepare<[Omit<DeliveryRow, 'id'>]>(`
    INSERT INTO deliveries (hook, sender, delivery_id, received_at, kind, summary, outcome)
    VALUES (@hook, @sender, @deliveryId, @receivedAtMs, @kind, @summary, @outcome)`);
  const prune = db.prepare<[number]>('DELETE FROM deliveries WHERE id <= ?');
  const newest = db.prepare<[{ beforeId: number; limit: number }], DeliveryRow>(`
    SELECT id, hook, sender, delivery_id AS deliveryId, received_at AS receivedAtMs, kind, summary, outcome
    FROM deliveries WHERE id < @beforeId ORDER BY id DESC LIMIT @limit`);

  function addDelivery(row: Omit<DeliveryRow, 'id'>): boolean {
    if (seen.get(row.hook, row.deliveryId) !== undefined) return false;
    withRowFaults({ what: `The delivery ${row.deliveryId}`, reference: null }, () =>
      transaction(() => {
        const id = Number(write(() => insert.run(row)).lastInsertRowid);
        prune.run(id - KEPT);
      }),
    );
    return true;
  }

  function deliveries(page: Page): DeliveryRow[] {
    return newest.all({ beforeId: page.beforeId ?? Number.MAX_SAFE_INTEGER, limit: limitOf(page) });
  }

  return { addDelivery, deliveries };
}
