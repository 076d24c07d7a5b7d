// What every store must do with deploys and their lines.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Store } from '../../src/ports/store.ts';
import type { StoreBench } from './store-bench.ts';
import { deploy } from './store-rows.ts';

export function deployRules(bench: StoreBench): void {
  describe('deploys', () => {
    it('are numbered within their unit', () => {
      const numbers = ['shop/prod', 'shop/prod', 'immich', 'shop/prod'].map(
        (unit) => bench.store.startDeploy(deploy({ unit })).number,
      );
      assert.deepEqual(numbers, [1, 2, 1, 3]);
    });
    it('change only where told', () => {
      const { id } = bench.store.startDeploy(deploy());
      bench.store.updateDeploy(id, { status: 'success', finishedAtMs: 5_000 });
      const expected = { ...deploy({ status: 'success', finishedAtMs: 5_000 }), id, number: 1 };
      assert.deepEqual(bench.store.deploy(id), expected);
      assert.equal(
        bench.writesOf(() => bench.store.updateDeploy(id, { status: 'success', steps: deploy().steps })),
        0,
      );
      bench.store.updateDeploy(id, { steps: [] });
      assert.deepEqual(bench.store.deploy(id)?.steps, []);
    });
    it('are read newest first, by page', () => {
      for (const unit of ['a', 'b', 'a', 'a']) bench.store.startDeploy(deploy({ unit }));
      const ids = (unit: string | null, page: Parameters<Store['deploys']>[1]) =>
        bench.store.deploys(unit, page).map((row) => row.number);
      assert.deepEqual(ids('a', { limit: 2 }), [3, 2]);
      const beforeId = bench.store.deploys('a', { limit: 2 }).at(-1)?.id;
      assert.deepEqual(ids('a', { limit: 2, beforeId }), [1]);
      assert.deepEqual(
        bench.store.deploys(null, { limit: 10 }).map((row) => row.unit),
        ['a', 'a', 'b', 'a'],
      );
      assert.equal(bench.store.deploys(null, { limit: -5 }).length, 1);
    });
    it('prove a hash only by success', () => {
      for (const [specHash, end] of [
        ['h1', 'success'],
        ['h2', 'failed'],
        ['h1', 'success'],
        [null, 'success'],
      ] as const) {
        bench.store.updateDeploy(bench.store.startDeploy(deploy({ specHash })).id, { status: end });
      }
      bench.store.updateDeploy(bench.store.startDeploy(deploy({ unit: 'b', specHash: 'h9' })).id, {
        status: 'success',
      });
      assert.deepEqual(bench.store.provenHashes('shop/prod'), ['h1']);
    });
    it('are missing when they are', () => {
      assert.equal(bench.store.deploy(77), null);
      bench.throwsFault('RowMissing', () => bench.store.updateDeploy(77, { status: 'failed' }));
      bench.throwsFault('RowMissing', () =>
        bench.store.addDeployLog({ deployId: 77, atMs: 1, level: 'info', phase: 'prove', text: 'x' }),
      );
      assert.deepEqual(bench.store.deployLogs(77), []);
    });
    it('keep the logs of the last 50 of each unit, and the deploys themselves', () => {
      const log = (deployId: number) =>
        bench.store.addDeployLog({ deployId, atMs: 1, level: 'info', phase: 'p', text: 't' });
      const other = bench.store.startDeploy(deploy({ unit: 'other' })).id;
      log(other);
      const ids = Array.from({ length: 52 }, () => bench.store.startDeploy(deploy()).id);
      // With the next one, numbers 1 to 3 are no longer among the last 50.
      for (const id of ids) log(id);
      bench.store.startDeploy(deploy());
      const logged = ids.map((id) => bench.store.deployLogs(id).length);
      assert.deepEqual(logged, [0, 0, 0, ...Array.from({ length: 49 }, () => 1)]);
      assert.equal(bench.store.deployLogs(other).length, 1);
      assert.equal(bench.store.deploys('shop/prod', { limit: 100 }).length, 53);
    });
    it('keep their lines in order', () => {
      const { id } = bench.store.startDeploy(deploy());
      const lines = [3, 1, 2].map((atMs) => ({
        deployId: id,
        atMs,
        level: 'warn' as const,
        phase: 'prove',
        text: `line ${atMs}`,
      }));
      for (const line of lines) bench.store.addDeployLog(line);
      assert.deepEqual(bench.store.deployLogs(id), lines);
    });
    it('forget the unsuccessful beyond a thousand, never a success', () => {
      bench.store.transaction(() => {
        const first = bench.store.startDeploy(deploy({ unit: 'flaky' }));
        bench.store.updateDeploy(first.id, { status: 'success' });
        for (let i = 0; i < 1_002; i += 1)
          bench.store.startDeploy(deploy({ unit: 'flaky', status: 'failed' }));
      });
      const all = [...bench.store.deploys('flaky', { limit: 1_000 })];
      all.push(...bench.store.deploys('flaky', { limit: 1_000, beforeId: all.at(-1)?.id }));
      assert.deepEqual([all.length, all.at(-1)?.number, all.at(-2)?.number], [1_001, 1, 4]);
    });
  });
}
