// Turns what SQLite says into faults in our words: nobody above this folder reads SQL.
import Database from 'better-sqlite3';
import { type Fault, fault, isFault } from '../../model/errors.ts';

export function rowMissing(what: string, cause?: unknown): Fault {
  return fault({
    code: 'ROW_MISSING',
    reason: 'RowMissing',
    message: `${what} is not in the index.`,
    disposition: 'conflict',
    cause,
  });
}

/** What a write is about, so that its faults can say it. */
export interface Subject {
  /** `The container abc`. */
  what: string;
  /** What a broken reference means: the row's parent is missing, or the row still has children. */
  reference: { missing: string } | { referenced: string } | null;
}

/** Runs one write; unique and foreign-key failures become RowTaken, RowMissing, RowReferenced or RowInvalid. */
export function withRowFaults<T>(subject: Subject, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw rowFault(error, subject);
  }
}

function rowFault(error: unknown, { what, reference }: Subject): unknown {
  const code = sqliteCode(error);
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
    return row('RowTaken', 'stalled', `${what} is in the index already, under another id.`, error);
  }
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY' && reference !== null) {
    if ('missing' in reference) return rowMissing(reference.missing, error);
    return row('RowReferenced', 'conflict', `${what} is still used by ${reference.referenced}.`, error);
  }
  if (code?.startsWith('SQLITE_CONSTRAINT')) {
    return row('RowInvalid', 'stalled', `${what} has a value that the index does not take.`, error);
  }
  return error;
}

function row(reason: string, disposition: 'stalled' | 'conflict', message: string, cause: unknown): Fault {
  const code = reason.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase();
  return fault({ code, reason, message, disposition, cause });
}

/** The last net: a full disk, a busy or a broken file, a directory that is not ours. */
export function toFault(error: unknown): unknown {
  const code = sqliteCode(error) ?? systemCode(error);
  if (code === null || isFault(error)) return error;
  if (isDamage(error)) {
    return fault({
      code: 'INDEX_DAMAGED',
      reason: 'IndexDamaged',
      message: 'The index file is damaged.',
      hint: 'Start the controller again: it moves the file aside and builds a new one; nothing that runs is touched.',
      disposition: 'stalled',
      cause: error,
    });
  }
  const [why, hint] = causes.find(([prefix]) => code.startsWith(prefix))?.slice(1) ?? [code, undefined];
  return fault({
    code: 'INDEX_UNAVAILABLE',
    reason: 'IndexUnavailable',
    message: `The index cannot be used: ${why}.`,
    hint,
    disposition: 'retry',
    cause: error,
  });
}

const causes: [prefix: string, why: string, hint: string | undefined][] = [
  ['SQLITE_FULL', 'the disk is full', 'Make room; the pass is tried again by itself.'],
  ['SQLITE_BUSY', 'another process holds it', undefined],
  // Where the file beside the index cannot grow, SQLite calls it an error of the disk.
  ['SQLITE_IOERR_SHMSIZE', 'the disk is full', 'Make room; the pass is tried again by itself.'],
  ['SQLITE_IOERR', 'the disk reported an error', 'Look at the kernel log of this machine.'],
  ['SQLITE_READONLY', 'it may not be written', 'Look at the owner and mode of the data directory.'],
  ['ENOSPC', 'the disk is full', 'Make room; the pass is tried again by itself.'],
  ['E', 'its directory cannot be used', 'Look at the owner and mode of the data directory.'],
  ['SQLITE_CANTOPEN', 'it cannot be opened', 'Look at the owner and mode of the data directory.'],
];

/** True where the file itself is not what we wrote: other bytes, other tables. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code === null) return false;
  return code === 'SQLITE_NOTADB' || code === 'SQLITE_ERROR' || code.startsWith('SQLITE_CORRUPT');
}

function systemCode(error: unknown): string | null {
  const isSystem = error instanceof Error && 'syscall' in error && 'code' in error;
  return isSystem ? String(error.code) : null;
}

function sqliteCode(error: unknown): string | null {
  return error instanceof Database.SqliteError ? error.code : null;
}
