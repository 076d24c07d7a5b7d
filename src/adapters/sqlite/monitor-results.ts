// Rows of `monitor_results`: the newest five hundred of each unit.
import type { Database } from 'better-sqlite3';
import type { MonitorRow } from '../../model/record.ts';
import type { Store } from '../../ports/store.ts';
import { withRowFaults } from './faults.ts';
import { limitOf } from './page.ts';
import type { Transactions } from './transactions.ts';

const KEPT = 500;

type Stored = Omit<MonitorRow, 'ok'> & { ok: 0 | 1 };

export function createMonitorResults(
  db: Database,
  { transaction, write }: Transactions,
): Pick<Store, 'addMonitorResult' | 'monitorResults'> {
  const insert = db.prepare<[Omit<Stored, 'id'>]>(`
    INSERT INTO monitor_results (unit, at, ok, state, duration_ms, detail)
    VALUES (@unit, @atMs, @ok, @state, @durationMs, @detail)`);
  const prune = db.prepare<[{ unit: string; kept: number }]>(`
    DELETE FROM monitor_results WHERE unit = @unit AND id <=
      (SELECT id FROM monitor_results WHERE unit = @unit ORDER BY id DESC LIMIT 1 OFFSET @kept)`);
  const newest = db.prepare<[{ unit: string; beforeId: number; limit: number }], Stored>(`
    SELECT id, unit, at AS atMs, ok, state, duration_ms AS durationMs, detail
    FROM monitor_results WHERE unit = @unit AND id < @beforeId ORDER BY id DESC LIMIT @limit`);

  return {
    addMonitorResult(row) {
      withRowFaults({ what: `What was seen of ${row.unit}`, reference: null }, () =>
        transaction(() => {
          write(() => insert.run({ ...row, ok: row.ok ? 1 : 0 }));
          prune.run({ unit: row.unit, kept: KEPT });
        }),
      );
    },
    monitorResults(unit, page) {
      const bounds = { beforeId: page.beforeId ?? Number.MAX_SAFE_INTEGER, limit: limitOf(page) };
      return newest.all({ unit, ...bounds }).map((row) => ({ ...row, ok: row.ok === 1 }));
    },
  };
}
