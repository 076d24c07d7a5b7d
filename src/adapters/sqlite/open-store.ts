// The store on SQLite: index and diary in one file that may be deleted at any time.
import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { Store } from '../../ports/store.ts';
import { createCache } from './cache.ts';
import { connectReader, connectScratch, connectWriter, moveAside } from './connect.ts';
import { createContainers } from './containers.ts';
import { createDeliveries } from './deliveries.ts';
import { createDeployLogs } from './deploy-logs.ts';
import { createDeploys } from './deploys.ts';
import { createEvents } from './events.ts';
import { isDamage, toFault } from './faults.ts';
import { createMonitorResults } from './monitor-results.ts';
import { createProxyRoutes } from './proxy-routes.ts';
import { createRenameUnit } from './rename-unit.ts';
import { createStatuses } from './statuses.ts';
import { createTransactions } from './transactions.ts';
import { createWorkloads } from './workloads.ts';

/** A store on one open database; `openStore` knows about the file around it. */
type Opened = Omit<Store, 'reopenIfLost'>;

/**
 * For the controller (`readOnly: false`) the file is created, brought up to date, and where it is damaged moved aside
 * with an event that says so: a pass fills the new one. For readers nothing is changed.
 * Throws faults: IndexTooNew (stalled), IndexUnavailable (retry); for readers also IndexMissing, IndexTooOld, IndexDamaged.
 */
export function openStore(options: { file: string; readOnly: boolean }): Store {
  const { file, readOnly } = options;
  try {
    return readOnly ? steady(assemble(connectReader(file), { readOnly })) : lasting(file);
  } catch (error) {
    throw toFault(error);
  }
}

/** For passes that only look: empty, and gone when closed. */
export function openScratchStore(): Store {
  return steady(assemble(connectScratch(), { readOnly: true }));
}

function steady(store: Opened): Store {
  return withFaults({ ...store, reopenIfLost: () => false });
}

/** SQLite goes on writing into a file that was deleted, where nobody else will ever find it. */
function lasting(file: string): Store {
  let current = openWriter(file);
  let identity = identityOf(file);
  let writesBefore = 0;

  function reopenIfLost(): boolean {
    if (identityOf(file) === identity) return false;
    writesBefore += current.writes();
    // First, for closing deletes the write-ahead log by its name.
    current.close();
    current = openWriter(file);
    identity = identityOf(file);
    return true;
  }

  const methods = Object.keys(current) as (keyof Opened)[];
  const delegates = methods.map((name) => [name, (...given: never[]) => (current[name] as Method)(...given)]);
  const store = Object.fromEntries(delegates) as Opened;
  return withFaults({ ...store, reopenIfLost, writes: () => writesBefore + current.writes() });
}

type Method = (...given: never[]) => unknown;

function identityOf(file: string): string | null {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`;
}

function openWriter(file: string): Opened {
  try {
    return assemble(connectWriter(file), { readOnly: false });
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = moveAside(file);
    const store = assemble(connectWriter(file), { readOnly: false });
    store.addEvent({
      atMs: Date.now(),
      severity: 'warn',
      unit: null,
      reason: 'IndexMovedAside',
      message: `The index was damaged and is kept as ${aside}. A new one is built now; history and deliveries start again.`,
    });
    return store;
  }
}

function assemble(db: Database, { readOnly }: { readOnly: boolean }): Opened {
  try {
    const transactions = createTransactions(db);
    return {
      transaction: transactions.transaction,
      ...createWorkloads(db, transactions),
      ...createStatuses(db, transactions),
      ...createContainers(db, transactions),
      ...createProxyRoutes(db),
      ...createDeploys(db, transactions),
      ...createDeployLogs(db, transactions),
      ...createEvents(db, transactions),
      ...createDeliveries(db, transactions),
      ...createMonitorResults(db, transactions),
      ...createRenameUnit(db, transactions),
      ...createCache(db, transactions),
      writes: transactions.count,
      close: () => close(db, { readOnly }),
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Nothing of deleted rows is left in a write-ahead log that outlives us. */
function close(db: Database, { readOnly }: { readOnly: boolean }): void {
  if (!db.open) return;
  try {
    if (!readOnly) db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

function withFaults<T extends object>(methods: T): T {
  const wrapped = Object.entries(methods).map(
    ([name, method]: [string, (...given: unknown[]) => unknown]) => [
      name,
      (...given: unknown[]) => {
        try {
          return method(...given);
        } catch (error) {
          throw toFault(error);
        }
      },
    ],
  );
  return Object.fromEntries(wrapped) as T;
}
