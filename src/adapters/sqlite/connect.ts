// Opens the database file with the settings that everything else relies on.
import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { fault } from '../../model/errors.ts';
import { migrate, NEWEST, refuseNewer, refuseOlder } from './migrate.ts';

/** Longer than the longest write of another process, a checkpoint at its stop. */
const BUSY_TIMEOUT_MS = 5_000;
const CACHE_KIB = 2_000;

/** For the controller: creates the file (0600), checks it, and brings the schema up to date. */
export function connectWriter(file: string): Database.Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return opened(new Database(file, { timeout: BUSY_TIMEOUT_MS }), (db) => {
    // By name, never by a handle of ours: closing one would drop SQLite's locks in this process.
    // -wal and -shm, made below, take their mode from the main file.
    chmodSync(file, 0o600);
    db.pragma('journal_mode = WAL');
    // A power cut may lose the newest rows of an index, never its consistency.
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    // What was deleted is overwritten: a message may have held what somebody wants gone.
    db.pragma('secure_delete = ON');
    db.pragma('journal_size_limit = 16777216');
    refuseNewer(db);
    const verdict = db.pragma('quick_check(1)', { simple: true });
    if (verdict !== 'ok') throw new Database.SqliteError(String(verdict), 'SQLITE_CORRUPT');
    migrate(db, NEWEST);
  });
}

/** For the CLI beside a running controller: changes nothing. Throws faults (IndexMissing, IndexTooNew, IndexTooOld). */
export function connectReader(file: string): Database.Database {
  if (!existsSync(file)) {
    throw fault({
      code: 'INDEX_MISSING',
      reason: 'IndexMissing',
      message: `There is no index at ${file}.`,
      hint: 'It is made by the first `tinyforge run` or `tinyforge apply`.',
      disposition: 'stalled',
    });
  }
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  return opened(db, () => {
    refuseNewer(db);
    refuseOlder(db);
  });
}

/** In memory: for passes that only look, whose writes go nowhere that lasts. */
export function connectScratch(): Database.Database {
  return opened(new Database(':memory:'), (db) => {
    db.pragma('foreign_keys = ON');
    migrate(db, NEWEST);
  });
}

function opened(db: Database.Database, prepare: (db: Database.Database) => void): Database.Database {
  try {
    // The index is small, and the kernel has it too: better-sqlite3's own 16 MB are nearly all of a large one, twice.
    db.pragma(`cache_size = -${CACHE_KIB}`);
    prepare(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Keeps a damaged file for whoever wants to look, and gives its new name. */
export function moveAside(file: string): string {
  let number = 1;
  while (existsSync(`${file}.damaged-${number}`)) number += 1;
  const aside = `${file}.damaged-${number}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  return aside;
}
