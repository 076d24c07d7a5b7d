// Rows of the containers index as a page shows them.
import type { ContainerRow } from '../../model/record.ts';
import type { UnitStatus } from '../../model/status.ts';
import { text } from '../api/json-records.ts';
import type { ContainerView } from '../page/containers-table.ts';

const ORDER: Readonly<Record<ContainerRow['state'], number>> = {
  failed: 0,
  running: 1,
  removing: 2,
  stopped: 3,
  missing: 4,
};

/** Of a stack all, of a project those of this stage; what runs first, a failed one before it. */
export function containersOf(unit: UnitStatus, rows: readonly ContainerRow[]): ContainerView[] {
  return rows
    .filter((row) => unit.kind !== 'project' || row.role === unit.role)
    .map((row) => ({
      id: row.id,
      name: text(row.extra, 'name') ?? row.containerId.slice(0, 12),
      state: row.state,
      health: text(row.extra, 'health'),
      release: text(row.extra, 'release'),
      image: row.imageRef,
      digest: text(row.extra, 'image_digest'),
      role: row.role,
      host: row.host,
      port: row.port,
      sinceMs: row.createdAtMs,
      seenMs: row.lastSeenAtMs,
    }))
    .sort((a, b) => ORDER[a.state] - ORDER[b.state] || (a.name < b.name ? -1 : 1));
}
