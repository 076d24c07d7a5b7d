// Transactions that begin at the first write inside them: a pass that changes nothing makes none at all.
import type { Database } from 'better-sqlite3';

export interface Transactions {
  /** Runs `work`; all writes in it become one transaction, or none of them happens. Nests. */
  transaction<T>(work: () => T): T;
  /** Runs one statement that writes, in the transaction around it or in one of its own. Several go into `transaction`. */
  write<T>(work: () => T): T;
  /** Transactions begun so far. */
  count(): number;
  /** For memories of what the tables hold: called when they may be wrong, after an undo or a cascade. */
  onDoubt(listener: () => void): void;
  doubt(): void;
}

export function createTransactions(db: Database): Transactions {
  /** One entry per nested call; true once it has begun in the database. */
  const levels: boolean[] = [];
  const listeners: (() => void)[] = [];
  let begun = 0;

  function transaction<T>(work: () => T): T {
    const level = levels.push(false) - 1;
    try {
      const result = work();
      refusePromise(result);
      if (levels[level]) db.exec(level === 0 ? 'COMMIT' : `RELEASE level_${level}`);
      return result;
    } catch (error) {
      if (levels[level]) undo(level);
      throw error;
    } finally {
      levels.length = level;
    }
  }

  function write<T>(work: () => T): T {
    if (levels.length === 0) return transaction(() => write(work));
    begin();
    return work();
  }

  function begin(): void {
    levels.forEach((isBegun, level) => {
      if (isBegun) return;
      db.exec(level === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT level_${level}`);
      levels[level] = true;
      if (level === 0) begun += 1;
    });
  }

  function undo(level: number): void {
    // A full disk may have rolled back already.
    if (db.inTransaction) {
      db.exec(level === 0 ? 'ROLLBACK' : `ROLLBACK TO level_${level}; RELEASE level_${level}`);
    }
    doubt();
  }

  function doubt(): void {
    for (const listener of listeners) listener();
  }

  return { transaction, write, count: () => begun, onDoubt: (listener) => listeners.push(listener), doubt };
}

/** A promise would let other writes slip into the transaction while it waits. */
function refusePromise(result: unknown): void {
  if (result instanceof Promise) throw new TypeError('work inside a transaction must not be asynchronous');
}
