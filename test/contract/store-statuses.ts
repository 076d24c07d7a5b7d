// What every store must do with the status of units.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StoreBench } from './store-bench.ts';
import { status } from './store-rows.ts';

export function statusRules(bench: StoreBench): void {
  describe('statuses', () => {
    it('gives back what was saved', () => {
      bench.withWorkload();
      bench.store.saveStatus(status());
      bench.store.saveStatus(status({ unit: 'shop/a', role: 'a' }));
      assert.deepEqual(bench.store.status('shop/prod'), status());
      assert.deepEqual(
        bench.store.statuses().map((one) => one.unit),
        ['shop/a', 'shop/prod'],
      );
      assert.equal(bench.store.status('none'), null);
    });
    it('writes nothing when only times changed', () => {
      bench.withWorkload();
      assert.equal(
        bench.writesOf(() => bench.store.saveStatus(status())),
        1,
      );
      assert.equal(
        bench.writesOf(() => bench.store.saveStatus(status({ sinceMs: 9_999, changedMs: 8_888 }))),
        0,
      );
      assert.equal(bench.store.status('shop/prod')?.sinceMs, 1_000);
      assert.equal(
        bench.writesOf(() => bench.store.saveStatus(status({ outcome: 'failed', sinceMs: 9_999 }))),
        1,
      );
      assert.equal(bench.store.status('shop/prod')?.sinceMs, 9_999);
    });
    it('sees a change deep inside', () => {
      bench.withWorkload();
      bench.store.saveStatus(status());
      const health = { ...status().health, ready: 1 };
      assert.equal(
        bench.writesOf(() => bench.store.saveStatus(status({ health }))),
        1,
      );
      assert.equal(bench.store.status('shop/prod')?.health.ready, 1);
    });
    it('needs its workload', () => {
      bench.throwsFault('RowMissing', () => bench.store.saveStatus(status()));
    });
    it('goes with its workload, and can come back', () => {
      bench.withWorkload();
      bench.store.saveStatus(status());
      bench.store.removeWorkload('project.shop');
      assert.deepEqual(bench.store.statuses(), []);
      bench.withWorkload();
      bench.store.saveStatus(status());
      assert.equal(bench.store.statuses().length, 1);
    });
    it('is removed, once', () => {
      bench.withWorkload();
      bench.store.saveStatus(status());
      assert.equal(
        bench.writesOf(() => bench.store.removeStatus('shop/prod')),
        1,
      );
      assert.equal(
        bench.writesOf(() => bench.store.removeStatus('shop/prod')),
        0,
      );
      assert.equal(
        bench.writesOf(() => bench.store.saveStatus(status())),
        1,
      );
    });
  });
}
