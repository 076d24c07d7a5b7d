// Rows of `containers`: what was seen on the engines. The reconciler is the only writer.
import { isDeepStrictEqual } from 'node:util';
import type { Database } from 'better-sqlite3';
import type { ContainerState } from '../../model/outcome.ts';
import type { ContainerRow } from '../../model/record.ts';
import type { Store } from '../../ports/store.ts';
import { withRowFaults } from './faults.ts';
import type { Transactions } from './transactions.ts';

type Part = Pick<Store, 'containers' | 'containerCounts' | 'upsertContainer' | 'removeContainer'>;
type Given = Parameters<Store['upsertContainer']>[0];
type Filter = NonNullable<Parameters<Store['containers']>[0]>;
type Stored = Omit<ContainerRow, 'extra'> & { json: string };

const SELECT = `SELECT c.id, workload_id AS workloadId, workload_kind AS workloadKind, role,
  container_id AS containerId, image_ref AS imageRef, host, state, port, last_seen_at AS lastSeenAtMs,
  extra_json AS json, c.created_at AS createdAtMs, c.updated_at AS updatedAtMs FROM containers c`;

const CONDITIONS: Record<keyof Filter, string> = {
  workloadId: 'c.workload_id = @workloadId',
  kind: 'c.workload_kind = @kind',
  state: 'c.state = @state',
  appId: 'c.workload_id IN (SELECT id FROM workloads WHERE app_id = @appId)',
};

export function createContainers(db: Database, { write }: Transactions): Part {
  const find = db.prepare<[string], Stored>(`${SELECT} WHERE c.id = ?`);
  const counts = db.prepare<[], { state: ContainerState; count: number }>(
    'SELECT state, count(*) AS count FROM containers GROUP BY state',
  );
  const remove = db.prepare('DELETE FROM containers WHERE id = ?');
  const upsert = db.prepare(`
    INSERT INTO containers (id, workload_id, workload_kind, role, container_id, image_ref, host, state, port,
      last_seen_at, extra_json, created_at, updated_at)
    VALUES (@id, @workloadId, @workloadKind, @role, @containerId, @imageRef, @host, @state, @port,
      @lastSeenAtMs, @json, @nowMs, @nowMs)
    ON CONFLICT (id) DO UPDATE SET workload_id = excluded.workload_id, workload_kind = excluded.workload_kind,
      role = excluded.role, container_id = excluded.container_id, image_ref = excluded.image_ref,
      host = excluded.host, state = excluded.state, port = excluded.port, last_seen_at = excluded.last_seen_at,
      extra_json = excluded.extra_json, updated_at = excluded.updated_at`);

  function containers(filter: Filter = {}): ContainerRow[] {
    const conditions = Object.entries(CONDITIONS).filter(
      ([key]) => filter[key as keyof Filter] !== undefined,
    );
    const where = conditions.map(([, condition]) => condition).join(' AND ') || 'TRUE';
    const rows = db.prepare<[Filter], Stored>(`${SELECT} WHERE ${where} ORDER BY workload_id, role, c.id`);
    return rows.all(filter).map(toRow);
  }

  // One look-up for each row that is given: the engine gives those that changed, and a copy of ten thousand rows kept
  // here to compare with would be 9 MB.
  function upsertContainer(row: Given, nowMs: number): void {
    const before = find.get(row.id);
    if (before !== undefined && isSame(toRow(before), row)) return;
    const subject = {
      what: `The container ${row.id}`,
      reference: { missing: `The workload ${row.workloadId} of the container ${row.id}` },
    };
    const { extra, ...columns } = row;
    const values = { ...columns, json: JSON.stringify(extra), nowMs };
    withRowFaults(subject, () => write(() => upsert.run(values)));
  }

  function removeContainer(id: string): void {
    if (find.get(id) === undefined) return;
    write(() => remove.run(id));
  }

  function containerCounts(): Record<ContainerState, number> {
    const none = { running: 0, stopped: 0, failed: 0, removing: 0, missing: 0 };
    return counts.all().reduce((sum, { state, count }) => Object.assign(sum, { [state]: count }), none);
  }

  return { containers, containerCounts, upsertContainer, removeContainer };
}

function toRow({ json, ...row }: Stored): ContainerRow {
  return { ...row, extra: JSON.parse(json) as Record<string, unknown> };
}

/** All but `lastSeenAtMs`, which is in memory until something else changes. */
function isSame(before: Given, row: Given): boolean {
  return (
    before.workloadId === row.workloadId &&
    before.workloadKind === row.workloadKind &&
    before.role === row.role &&
    before.containerId === row.containerId &&
    before.imageRef === row.imageRef &&
    before.host === row.host &&
    before.state === row.state &&
    before.port === row.port &&
    isSameExtra(before.extra, row.extra)
  );
}

/** Flat facts are compared at once; only a nested one costs a deep look. */
function isSameExtra(before: Record<string, unknown>, extra: Record<string, unknown>): boolean {
  let known = 0;
  for (const key in extra) {
    const value = extra[key];
    if (value === undefined) continue;
    known += 1;
    if (before[key] !== value && !isDeepStrictEqual(before[key], value)) return false;
  }
  let stored = 0;
  for (const key in before) if (before[key] !== undefined) stored += 1;
  return stored === known;
}
