// One controller per data directory: a lock that the kernel takes back when its holder dies, however it dies.
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Fault, fault } from '../../model/errors.ts';

/** Two that start in the same instant may refuse each other; one of them gets it when both try a little longer. */
const PATIENCE_MS = 300;

/** Kept from the garbage collector, which closes what nobody knows: the lock would go with it, unseen. */
const held = new Set<Database.Database>();

export interface Lock {
  /** Gives the lock back; doing it twice is fine. */
  release(): void;
}

interface Holder {
  pid: number;
  sinceMs: number;
}

/**
 * SQLite's exclusive transaction is a lock of the kernel on the file: it ends with the process, so nothing stale is left
 * after SIGKILL, and it holds between containers that share the directory. Throws faults: ControllerRunning,
 * LockUnusable (stalled).
 */
export function takeLock(dataDirectory: string): Lock {
  const file = join(dataDirectory, 'controller.lock');
  const note = join(dataDirectory, 'controller.json');
  const db = openExclusive(dataDirectory, file, note);
  held.add(db);
  // A file of its own, for the locked one cannot be read.
  writeNote(note, { pid: process.pid, sinceMs: Date.now() });
  return {
    release() {
      if (!db.open) return;
      rmSync(note, { force: true });
      held.delete(db);
      db.close();
    },
  };
}

function openExclusive(directory: string, file: string, note: string): Database.Database {
  let db: Database.Database | null = null;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // Only SQLite may open this file: closing any other handle to it in this process would drop the kernel's lock.
    db = new Database(file, { timeout: PATIENCE_MS });
    chmodSync(file, 0o600);
    // Nothing is ever written, so a journal would only be one more file to leave behind.
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
    throw isBusy ? controllerRunning(directory, readNote(note)) : lockUnusable(directory, error);
  }
}

function controllerRunning(directory: string, holder: Holder | null): Fault {
  const who =
    holder === null
      ? 'another process'
      : `process ${holder.pid}, since ${new Date(holder.sinceMs).toISOString()}`;
  return fault({
    code: 'CONTROLLER_RUNNING',
    reason: 'ControllerRunning',
    message: `A controller is running already on ${directory} (${who}).`,
    hint: 'Ask it with `tinyforge status` or `tinyforge sync`, or stop it first. `plan` works beside it.',
    disposition: 'stalled',
  });
}

function lockUnusable(directory: string, cause: unknown): Fault {
  return fault({
    code: 'LOCK_UNUSABLE',
    reason: 'LockUnusable',
    message: `The data directory ${directory} cannot be locked.`,
    hint: 'Look at its owner, its mode, and the room on its disk.',
    disposition: 'stalled',
    cause,
  });
}

function writeNote(note: string, holder: Holder): void {
  const temporary = `${note}.${process.pid}`;
  try {
    writeFileSync(temporary, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
    renameSync(temporary, note);
  } catch {
    // On a full disk nobody can be told who has the lock. It is held all the same.
    rmSync(temporary, { force: true });
  }
}

/** Null when it cannot be told: who holds the lock is a courtesy, that it is held is not. */
function readNote(note: string): Holder | null {
  try {
    const { pid, sinceMs } = JSON.parse(readFileSync(note, 'utf8')) as Record<string, unknown>;
    const isWhole = typeof pid === 'number' && typeof sinceMs === 'number' && Number.isFinite(sinceMs);
    return isWhole ? { pid, sinceMs } : null;
  } catch {
    return null;
  }
}
