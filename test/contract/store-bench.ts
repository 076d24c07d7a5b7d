// One store under test, fresh for each test, with the two questions that every rule asks of it.
import assert from 'node:assert/strict';
import { afterEach, beforeEach } from 'node:test';
import { isFault } from '../../src/model/errors.ts';
import type { Store } from '../../src/ports/store.ts';
import { workload } from './store-rows.ts';

export interface OpenedStore {
  store: Store;
  dispose: () => void;
}

export interface StoreBench {
  readonly store: Store;
  /** Runs the work and says how many transactions it was. */
  writesOf(work: () => unknown): number;
  /** The work throws a fault of this reason, in words without SQL. */
  throwsFault(reason: string, work: () => unknown): void;
  /** Puts the workload in that other rows belong to. */
  withWorkload(): void;
}

/** Call it inside `describe`: it opens before each test and disposes after it. */
export function createStoreBench(open: () => OpenedStore): StoreBench {
  let opened: OpenedStore | null = null;
  beforeEach(() => {
    opened = open();
  });
  afterEach(() => opened?.dispose());

  const bench: StoreBench = {
    get store() {
      assert.ok(opened, 'a store is open only inside a test');
      return opened.store;
    },
    writesOf(work) {
      const before = bench.store.writes();
      work();
      return bench.store.writes() - before;
    },
    throwsFault(reason, work) {
      assert.throws(
        work,
        (error) => isFault(error) && error.reason === reason && !/sql|constraint/i.test(error.message),
      );
    },
    withWorkload: () => bench.store.upsertWorkload(workload(), 1),
  };
  return bench;
}
