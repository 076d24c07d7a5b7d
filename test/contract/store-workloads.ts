// What every store must do with the addresses of manifests.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StoreBench } from './store-bench.ts';
import { container, workload } from './store-rows.ts';

export function workloadRules(bench: StoreBench): void {
  describe('workloads', () => {
    it('gives back what was put in, with its times', () => {
      const row = workload({
        appId: 'storefront',
        webhookSecret: '${secret:hub}',
        webhookRequireSignature: true,
      });
      bench.store.upsertWorkload(row, 10);
      assert.deepEqual(bench.store.workload(row.id), { ...row, createdAtMs: 10, updatedAtMs: 10 });
      bench.store.upsertWorkload({ ...row, name: 'shop2' }, 20);
      assert.deepEqual(bench.store.workloads(), [
        { ...row, name: 'shop2', createdAtMs: 10, updatedAtMs: 20 },
      ]);
    });
    it('knows nothing of a workload that is not there', () => {
      assert.equal(bench.store.workload('project.none'), null);
      assert.equal(
        bench.writesOf(() => bench.store.removeWorkload('project.none')),
        0,
      );
    });
    it('writes nothing when nothing changed', () => {
      assert.equal(
        bench.writesOf(() => bench.store.upsertWorkload(workload(), 10)),
        1,
      );
      assert.equal(
        bench.writesOf(() => bench.store.upsertWorkload(workload(), 99)),
        0,
      );
      assert.equal(bench.store.workload('project.shop')?.updatedAtMs, 10);
    });
    it('refuses a second address for one kind and name', () => {
      bench.withWorkload();
      bench.throwsFault('RowTaken', () => bench.store.upsertWorkload(workload({ id: 'project.other' }), 1));
      bench.store.upsertWorkload(workload({ id: 'stack.shop', kind: 'stack' }), 1);
    });
    it('takes references to secrets and no values', () => {
      for (const key of ['notificationSecret', 'webhookSecret', 'webhookSigningSecret']) {
        bench.throwsFault('RowInvalid', () =>
          bench.store.upsertWorkload(workload({ [key]: 'hunter2-hunter2' }), 1),
        );
        bench.store.upsertWorkload(workload({ [key]: '${secret:hub}' }), 1);
      }
    });
    it('is not removed while containers belong to it', () => {
      bench.withWorkload();
      bench.store.upsertContainer(container(), 1);
      bench.throwsFault('RowReferenced', () => bench.store.removeWorkload('project.shop'));
      bench.store.removeContainer('local/c1');
      bench.store.removeWorkload('project.shop');
      assert.equal(bench.store.workload('project.shop'), null);
    });
  });
}
