// What every store must do when a workload is renamed: all that is told of its units is told by the new name.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StoreBench } from './store-bench.ts';
import { container, deploy, status } from './store-rows.ts';

const MOVE = {
  from: 'shop/prod',
  to: 'store/prod',
  workload: { id: 'project.store', kind: 'project', name: 'store', before: 'project.shop' },
};

export function renameRules(bench: StoreBench): void {
  describe('renames', () => {
    it('moves status, containers, deploys and events, in one transaction, and drops the workload of the old name', () => {
      const { store } = bench;
      bench.withWorkload();
      store.saveStatus(status());
      store.upsertContainer(container({ extra: { unit: 'shop/prod', name: 'shop-prod-1' } }), 5);
      store.startDeploy(deploy());
      store.addEvent({ atMs: 1, severity: 'info', unit: 'shop/prod', reason: 'Deployed', message: 'runs 2' });
      assert.equal(
        bench.writesOf(() => store.renameUnit(MOVE)),
        1,
      );
      assert.equal(store.status('shop/prod'), null);
      const { unit, workloadId } = store.status('store/prod') ?? status();
      assert.deepEqual([unit, workloadId], ['store/prod', 'project.store']);
      assert.deepEqual(
        store.containers({ workloadId: 'project.store' }).map(({ extra }) => extra.unit),
        ['store/prod'],
      );
      assert.deepEqual(
        store.deploys('store/prod', { limit: 9 }).map((row) => [row.number, row.workloadId]),
        [[1, 'project.store']],
      );
      assert.equal(store.events({ unit: 'store/prod', limit: 9 }).length, 1);
      assert.equal(store.workload('project.shop'), null);
      assert.equal(store.workload('project.store')?.name, 'store');
    });
    it('counts deploys on after those of an earlier life of the new name', () => {
      const { store } = bench;
      bench.withWorkload();
      store.startDeploy(deploy({ unit: 'store/prod', toVersion: 'long ago' }));
      store.startDeploy(deploy({ toVersion: 'one' }));
      store.startDeploy(deploy({ toVersion: 'two' }));
      store.renameUnit(MOVE);
      assert.deepEqual(
        store.deploys('store/prod', { limit: 9 }).map(({ number, toVersion }) => [number, toVersion]),
        [
          [3, 'two'],
          [2, 'one'],
          [1, 'long ago'],
        ],
      );
    });
    it('leaves the workload of the old name as long as another unit of it is there, and what others have alone', () => {
      const { store } = bench;
      bench.withWorkload();
      store.saveStatus(status());
      store.saveStatus(status({ unit: 'shop/staging', role: 'staging' }));
      store.renameUnit(MOVE);
      assert.notEqual(store.workload('project.shop'), null);
      assert.equal(store.status('shop/staging')?.workloadId, 'project.shop');
    });
    it('a second time is nothing new', () => {
      const { store } = bench;
      bench.withWorkload();
      store.saveStatus(status());
      store.renameUnit(MOVE);
      const before = store.statuses();
      store.renameUnit(MOVE);
      assert.deepEqual(store.statuses(), before);
    });
  });
}
