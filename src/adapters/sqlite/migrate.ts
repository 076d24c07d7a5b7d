// Brings a database to the schema that this version knows, one step and one transaction at a time.
import type { Database } from 'better-sqlite3';
import { fault } from '../../model/errors.ts';
import { migrations } from './migrations/list.ts';

export const NEWEST = migrations.length;

/** The number of migrations that the file has seen. */
export function schemaVersion(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/** Up or down to `target`. Each step is all or nothing, so a kill in between leaves a whole version. */
export function migrate(db: Database, target: number): void {
  for (let version = schemaVersion(db); version !== target; version = schemaVersion(db)) {
    const goesUp = version < target;
    const migration = migrations[goesUp ? version : version - 1];
    if (migration === undefined) throw new RangeError(`no migration between ${version} and ${target}`);
    db.transaction(() => {
      db.exec(goesUp ? migration.up : migration.down);
      db.pragma(`user_version = ${goesUp ? version + 1 : version - 1}`);
    }).immediate();
  }
}

/** Throws a fault (IndexTooNew, stalled): guessing at tables that a later version made could destroy its history. */
export function refuseNewer(db: Database): void {
  const version = schemaVersion(db);
  if (version <= NEWEST) return;
  throw fault({
    code: 'INDEX_TOO_NEW',
    reason: 'IndexTooNew',
    message: `The index was written by a newer Tinyforge (schema ${version}; this one knows up to ${NEWEST}).`,
    hint: 'Run that version again, or delete the index file: it is rebuilt, only history and deliveries are lost.',
    disposition: 'stalled',
  });
}

/** For readers, which must not change the schema. Throws a fault (IndexTooOld, retry). */
export function refuseOlder(db: Database): void {
  const version = schemaVersion(db);
  if (version >= NEWEST) return;
  throw fault({
    code: 'INDEX_TOO_OLD',
    reason: 'IndexTooOld',
    message: `The index was written by an older Tinyforge (schema ${version}; this one reads ${NEWEST}).`,
    hint: 'Start the controller with this version once: it brings the index up to date.',
    disposition: 'retry',
  });
}
