// What every store must do with several writes together.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StoreBench } from './store-bench.ts';
import { container, event, status, workload } from './store-rows.ts';

export function transactionRules(bench: StoreBench): void {
  describe('transactions', () => {
    it('are one, however much is written in them, and none when nothing is', () => {
      assert.equal(
        bench.writesOf(() => bench.store.transaction(() => bench.store.events({ limit: 1 }))),
        0,
      );
      const work = () => {
        bench.withWorkload();
        bench.store.upsertContainer(container(), 1);
        bench.store.transaction(() => bench.store.saveStatus(status()));
        bench.store.addEvent(event());
      };
      assert.equal(
        bench.writesOf(() => bench.store.transaction(work)),
        1,
      );
      assert.equal(
        bench.writesOf(() => bench.store.cacheSet('k', 'v')),
        1,
      );
    });
    it('give back what the work gives', () => {
      assert.equal(
        bench.store.transaction(() => 42),
        42,
      );
    });
    it('leave nothing behind when they fail', () => {
      bench.withWorkload();
      assert.throws(
        () =>
          bench.store.transaction(() => {
            bench.store.upsertContainer(container(), 1);
            bench.store.saveStatus(status());
            throw new Error('power cut');
          }),
        /power cut/,
      );
      assert.deepEqual([bench.store.containers(), bench.store.statuses()], [[], []]);
      // Nothing remembers the rows that were undone.
      bench.store.upsertContainer(container(), 1);
      bench.store.saveStatus(status());
      assert.equal(bench.store.containers().length + bench.store.statuses().length, 2);
    });
    it('undo an inner one alone when the outer goes on', () => {
      bench.store.transaction(() => {
        bench.store.cacheSet('outer', '1');
        assert.throws(() =>
          bench.store.transaction(() => {
            bench.store.cacheSet('inner', '1');
            throw new Error('inner');
          }),
        );
        bench.store.cacheSet('after', '1');
      });
      assert.deepEqual(
        ['outer', 'inner', 'after'].map((key) => bench.store.cacheGet(key)),
        ['1', null, '1'],
      );
    });
    it('go on after a row was refused', () => {
      bench.withWorkload();
      bench.store.transaction(() => {
        bench.throwsFault('RowTaken', () => bench.store.upsertWorkload(workload({ id: 'x' }), 1));
        bench.store.cacheSet('after', '1');
      });
      assert.equal(bench.store.cacheGet('after'), '1');
    });
    it('refuse asynchronous work', () => {
      assert.throws(
        () =>
          bench.store.transaction(async () => {
            bench.store.cacheSet('k', 'v');
          }),
        TypeError,
      );
      assert.equal(bench.store.cacheGet('k'), null);
    });
  });
}
