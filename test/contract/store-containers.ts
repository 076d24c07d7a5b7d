// What every store must do with containers that were seen.
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Store } from '../../src/ports/store.ts';
import type { StoreBench } from './store-bench.ts';
import { container, workload } from './store-rows.ts';

export function containerRules(bench: StoreBench): void {
  describe('containers', () => {
    beforeEach(bench.withWorkload);
    it('gives back what was put in, with its times', () => {
      bench.store.upsertContainer(container(), 10);
      assert.deepEqual(bench.store.containers(), [{ ...container(), createdAtMs: 10, updatedAtMs: 10 }]);
      bench.store.upsertContainer(container({ state: 'missing', lastSeenAtMs: 2_000 }), 20);
      assert.deepEqual(bench.store.containers(), [
        { ...container({ state: 'missing', lastSeenAtMs: 2_000 }), createdAtMs: 10, updatedAtMs: 20 },
      ]);
    });
    it('writes nothing when it was only seen again', () => {
      bench.store.upsertContainer(container(), 10);
      assert.equal(
        bench.writesOf(() => bench.store.upsertContainer(container({ lastSeenAtMs: 99_999 }), 50)),
        0,
      );
      assert.equal(bench.store.containers()[0]?.lastSeenAtMs, 1_000);
      // The same facts in another order are the same facts.
      const extra = Object.fromEntries(Object.entries(container().extra).reverse());
      assert.equal(
        bench.writesOf(() => bench.store.upsertContainer(container({ extra }), 50)),
        0,
      );
      assert.equal(
        bench.writesOf(() => bench.store.upsertContainer(container({ extra: { ...extra, replica: 2 } }), 50)),
        1,
      );
      assert.equal(
        bench.writesOf(() => bench.store.upsertContainer(container({ extra: { replica: 2 } }), 50)),
        1,
      );
      assert.equal(
        bench.writesOf(() =>
          bench.store.upsertContainer(container({ extra: { replica: 2 }, port: null }), 50),
        ),
        1,
      );
    });
    it('does not take over what the caller changes later', () => {
      const row = container({ extra: { health: { status: 'starting' } } });
      bench.store.upsertContainer(row, 1);
      (row.extra as { health: { status: string } }).health.status = 'healthy';
      assert.equal(
        bench.writesOf(() => bench.store.upsertContainer(row, 2)),
        1,
      );
    });
    it('is found by workload, kind, state and app', () => {
      bench.store.upsertWorkload(
        workload({ id: 'stack.immich', kind: 'stack', refId: 'immich', appId: 'photos' }),
        1,
      );
      bench.store.upsertContainer(container(), 1);
      bench.store.upsertContainer(
        container({ id: 'local/c2', workloadId: 'stack.immich', workloadKind: 'stack', state: 'failed' }),
        1,
      );
      const ids = (filter: Parameters<Store['containers']>[0]) =>
        bench.store.containers(filter).map((row) => row.id);
      assert.deepEqual(ids({}), ['local/c1', 'local/c2']);
      assert.deepEqual(ids({ workloadId: 'project.shop' }), ['local/c1']);
      assert.deepEqual(ids({ kind: 'stack' }), ['local/c2']);
      assert.deepEqual(ids({ state: 'failed' }), ['local/c2']);
      assert.deepEqual(ids({ appId: 'photos' }), ['local/c2']);
      assert.deepEqual(ids({ appId: 'photos', state: 'running' }), []);
      assert.deepEqual(ids({ kind: undefined, state: "' OR 1=1 --" }), []);
    });
    it('is counted by state', () => {
      bench.store.upsertContainer(container(), 1);
      bench.store.upsertContainer(container({ id: 'local/c2', state: 'missing' }), 1);
      bench.store.upsertContainer(container({ id: 'local/c3' }), 1);
      assert.deepEqual(bench.store.containerCounts(), {
        running: 2,
        stopped: 0,
        failed: 0,
        removing: 0,
        missing: 1,
      });
    });
    it('needs its workload', () => {
      bench.throwsFault('RowMissing', () =>
        bench.store.upsertContainer(container({ workloadId: 'project.none' }), 1),
      );
    });
    it('is removed, once', () => {
      bench.store.upsertContainer(container(), 1);
      assert.equal(
        bench.writesOf(() => bench.store.removeContainer('local/c1')),
        1,
      );
      assert.equal(
        bench.writesOf(() => bench.store.removeContainer('local/c1')),
        0,
      );
      assert.deepEqual(bench.store.containers(), []);
      assert.equal(
        bench.writesOf(() => bench.store.upsertContainer(container(), 1)),
        1,
      );
    });
  });
}
