// Rows of `event_log`: the newest ten thousand things worth telling.
import type { Database } from 'better-sqlite3';
import type { EventRow } from '../../model/record.ts';
import type { Store } from '../../ports/store.ts';
import { withRowFaults } from './faults.ts';
import { limitOf } from './page.ts';
import type { Transactions } from './transactions.ts';

const KEPT = 10_000;
const SELECT = 'SELECT id, at AS atMs, severity, unit, reason, message FROM event_log';

type Bounds = { beforeId: number; limit: number };

export function createEvents(
  db: Database,
  { transaction, write }: Transactions,
): Pick<Store, 'addEvent' | 'events'> {
  const insert = db.prepare<[Omit<EventRow, 'id'>]>(
    'INSERT INTO event_log (at, severity, unit, reason, message) VALUES (@atMs, @severity, @unit, @reason, @message)',
  );
  // Ids have no gaps, so the bound is a comparison and no count.
  const prune = db.prepare<[number]>('DELETE FROM event_log WHERE id <= ?');
  const newest = db.prepare<[Bounds], EventRow>(
    `${SELECT} WHERE id < @beforeId ORDER BY id DESC LIMIT @limit`,
  );
  const newestOfUnit = db.prepare<[Bounds & { unit: string }], EventRow>(
    `${SELECT} WHERE unit = @unit AND id < @beforeId ORDER BY id DESC LIMIT @limit`,
  );

  function addEvent(row: Omit<EventRow, 'id'>): EventRow {
    return withRowFaults({ what: `The event ${row.reason}`, reference: null }, () =>
      transaction(() => {
        const id = Number(write(() => insert.run(row)).lastInsertRowid);
        prune.run(id - KEPT);
        return { id, ...row };
      }),
    );
  }

  function events(filter: Parameters<Store['events']>[0]): EventRow[] {
    const bounds = { beforeId: filter.beforeId ?? Number.MAX_SAFE_INTEGER, limit: limitOf(filter) };
    return filter.unit === undefined
      ? newest.all(bounds)
      : newestOfUnit.all({ ...bounds, unit: filter.unit });
  }

  return { addEvent, events };
}
