// Rows of `statuses`: how each unit stands, written only when more than the times changed (law 2).
import type { Database } from 'better-sqlite3';
import type { UnitStatus } from '../../model/status.ts';
import type { Store } from '../../ports/store.ts';
import { withRowFaults } from './faults.ts';
import type { Transactions } from './transactions.ts';

type Part = Pick<Store, 'saveStatus' | 'status' | 'statuses' | 'removeStatus'>;
type Stored = { json: string };

export function createStatuses(db: Database, { write, onDoubt }: Transactions): Part {
  const one = db.prepare<[string], Stored>('SELECT status_json AS json FROM statuses WHERE unit = ?');
  const all = db.prepare<[], Stored>('SELECT status_json AS json FROM statuses ORDER BY unit');
  const remove = db.prepare('DELETE FROM statuses WHERE unit = ?');
  const upsert = db.prepare(`
    INSERT INTO statuses (unit, workload_id, outcome, reason, since_at, changed_at, status_json)
    VALUES (@unit, @workloadId, @outcome, @reason, @sinceMs, @changedMs, @json)
    ON CONFLICT (unit) DO UPDATE SET workload_id = excluded.workload_id, outcome = excluded.outcome,
      reason = excluded.reason, since_at = excluded.since_at, changed_at = excluded.changed_at,
      status_json = excluded.status_json`);

  /** What each row holds beside its times; read once, for we are the only writer. */
  let known: Map<string, string> | null = null;
  onDoubt(() => {
    known = null;
  });

  function saveStatus(status: UnitStatus): void {
    known ??= new Map(statuses().map((stored) => [stored.unit, withoutTimes(stored)]));
    const facts = withoutTimes(status);
    if (known.get(status.unit) === facts) return;
    const { unit, workloadId, outcome, reason, sinceMs, changedMs } = status;
    const row = { unit, workloadId, outcome, reason, sinceMs, changedMs, json: JSON.stringify(status) };
    const subject = {
      what: `The status of ${unit}`,
      reference: { missing: `The workload ${workloadId} of ${unit}` },
    };
    withRowFaults(subject, () => write(() => upsert.run(row)));
    known?.set(unit, facts);
  }

  function statuses(): UnitStatus[] {
    return all.all().map(parse);
  }

  function removeStatus(unit: string): void {
    if (one.get(unit) === undefined) return;
    write(() => remove.run(unit));
    known?.delete(unit);
  }

  function status(unit: string): UnitStatus | null {
    const row = one.get(unit);
    return row === undefined ? null : parse(row);
  }

  return { saveStatus, status, statuses, removeStatus };
}

function parse(row: Stored): UnitStatus {
  return JSON.parse(row.json) as UnitStatus;
}

function withoutTimes(status: UnitStatus): string {
  return JSON.stringify({ ...status, sinceMs: 0, changedMs: 0 });
}
