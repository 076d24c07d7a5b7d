// What every store must do; run on the fake one and on the real one, so that the fake stays honest.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isFault } from '../../src/model/errors.ts';
import type { Store } from '../../src/ports/store.ts';
import { container, delivery, deploy, event, status, workload } from './store-rows.ts';

export function storeSuite(name: string, open: () => { store: Store; dispose: () => void }): void {
  describe(`store contract: ${name}`, () => {
    let store: Store;
    let dispose: () => void;
    beforeEach(() => {
      ({ store, dispose } = open());
    });
    afterEach(() => dispose());

    /** Runs the work and says how many transactions it was. */
    const writesOf = (work: () => unknown): number => {
      const before = store.writes();
      work();
      return store.writes() - before;
    };
    const throwsFault = (reason: string, work: () => unknown): void => {
      assert.throws(
        work,
        (error) => isFault(error) && error.reason === reason && !/sql|constraint/i.test(error.message),
      );
    };
    const withWorkload = (): void => store.upsertWorkload(workload(), 1);

    describe('workloads', () => {
      it('gives back what was put in, with its times', () => {
        const row = workload({
          appId: 'storefront',
          webhookSecret: '${secret:hub}',
          webhookRequireSignature: true,
        });
        store.upsertWorkload(row, 10);
        assert.deepEqual(store.workload(row.id), { ...row, createdAtMs: 10, updatedAtMs: 10 });
        store.upsertWorkload({ ...row, name: 'shop2' }, 20);
        assert.deepEqual(store.workloads(), [{ ...row, name: 'shop2', createdAtMs: 10, updatedAtMs: 20 }]);
      });
      it('knows nothing of a workload that is not there', () => {
        assert.equal(store.workload('project.none'), null);
        assert.equal(
          writesOf(() => store.removeWorkload('project.none')),
          0,
        );
      });
      it('writes nothing when nothing changed', () => {
        assert.equal(
          writesOf(() => store.upsertWorkload(workload(), 10)),
          1,
        );
        assert.equal(
          writesOf(() => store.upsertWorkload(workload(), 99)),
          0,
        );
        assert.equal(store.workload('project.shop')?.updatedAtMs, 10);
      });
      it('refuses a second address for one kind and name', () => {
        withWorkload();
        throwsFault('RowTaken', () => store.upsertWorkload(workload({ id: 'project.other' }), 1));
        store.upsertWorkload(workload({ id: 'stack.shop', kind: 'stack' }), 1);
      });
      it('takes references to secrets and no values', () => {
        for (const key of ['notificationSecret', 'webhookSecret', 'webhookSigningSecret']) {
          throwsFault('RowInvalid', () => store.upsertWorkload(workload({ [key]: 'hunter2-hunter2' }), 1));
          store.upsertWorkload(workload({ [key]: '${secret:hub}' }), 1);
        }
      });
      it('is not removed while containers belong to it', () => {
        withWorkload();
        store.upsertContainer(container(), 1);
        throwsFault('RowReferenced', () => store.removeWorkload('project.shop'));
        store.removeContainer('local/c1');
        store.removeWorkload('project.shop');
        assert.equal(store.workload('project.shop'), null);
      });
    });

    describe('statuses', () => {
      it('gives back what was saved', () => {
        withWorkload();
        store.saveStatus(status());
        store.saveStatus(status({ unit: 'shop/a', role: 'a' }));
        assert.deepEqual(store.status('shop/prod'), status());
        assert.deepEqual(
          store.statuses().map((one) => one.unit),
          ['shop/a', 'shop/prod'],
        );
        assert.equal(store.status('none'), null);
      });
      it('writes nothing when only times changed', () => {
        withWorkload();
        assert.equal(
          writesOf(() => store.saveStatus(status())),
          1,
        );
        assert.equal(
          writesOf(() => store.saveStatus(status({ sinceMs: 9_999, changedMs: 8_888 }))),
          0,
        );
        assert.equal(store.status('shop/prod')?.sinceMs, 1_000);
        assert.equal(
          writesOf(() => store.saveStatus(status({ outcome: 'failed', sinceMs: 9_999 }))),
          1,
        );
        assert.equal(store.status('shop/prod')?.sinceMs, 9_999);
      });
      it('sees a change deep inside', () => {
        withWorkload();
        store.saveStatus(status());
        const health = { ...status().health, ready: 1 };
        assert.equal(
          writesOf(() => store.saveStatus(status({ health }))),
          1,
        );
        assert.equal(store.status('shop/prod')?.health.ready, 1);
      });
      it('needs its workload', () => {
        throwsFault('RowMissing', () => store.saveStatus(status()));
      });
      it('goes with its workload, and can come back', () => {
        withWorkload();
        store.saveStatus(status());
        store.removeWorkload('project.shop');
        assert.deepEqual(store.statuses(), []);
        withWorkload();
        store.saveStatus(status());
        assert.equal(store.statuses().length, 1);
      });
      it('is removed, once', () => {
        withWorkload();
        store.saveStatus(status());
        assert.equal(
          writesOf(() => store.removeStatus('shop/prod')),
          1,
        );
        assert.equal(
          writesOf(() => store.removeStatus('shop/prod')),
          0,
        );
        assert.equal(
          writesOf(() => store.saveStatus(status())),
          1,
        );
      });
    });

    describe('containers', () => {
      beforeEach(withWorkload);
      it('gives back what was put in, with its times', () => {
        store.upsertContainer(container(), 10);
        assert.deepEqual(store.containers(), [{ ...container(), createdAtMs: 10, updatedAtMs: 10 }]);
        store.upsertContainer(container({ state: 'missing', lastSeenAtMs: 2_000 }), 20);
        assert.deepEqual(store.containers(), [
          { ...container({ state: 'missing', lastSeenAtMs: 2_000 }), createdAtMs: 10, updatedAtMs: 20 },
        ]);
      });
      it('writes nothing when it was only seen again', () => {
        store.upsertContainer(container(), 10);
        assert.equal(
          writesOf(() => store.upsertContainer(container({ lastSeenAtMs: 99_999 }), 50)),
          0,
        );
        assert.equal(store.containers()[0]?.lastSeenAtMs, 1_000);
        // The same facts in another order are the same facts.
        const extra = Object.fromEntries(Object.entries(container().extra).reverse());
        assert.equal(
          writesOf(() => store.upsertContainer(container({ extra }), 50)),
          0,
        );
        assert.equal(
          writesOf(() => store.upsertContainer(container({ extra: { ...extra, replica: 2 } }), 50)),
          1,
        );
        assert.equal(
          writesOf(() => store.upsertContainer(container({ extra: { replica: 2 } }), 50)),
          1,
        );
        assert.equal(
          writesOf(() => store.upsertContainer(container({ extra: { replica: 2 }, port: null }), 50)),
          1,
        );
      });
      it('does not take over what the caller changes later', () => {
        const row = container({ extra: { health: { status: 'starting' } } });
        store.upsertContainer(row, 1);
        (row.extra as { health: { status: string } }).health.status = 'healthy';
        assert.equal(
          writesOf(() => store.upsertContainer(row, 2)),
          1,
        );
      });
      it('is found by workload, kind, state and app', () => {
        store.upsertWorkload(
          workload({ id: 'stack.immich', kind: 'stack', refId: 'immich', appId: 'photos' }),
          1,
        );
        store.upsertContainer(container(), 1);
        store.upsertContainer(
          container({ id: 'local/c2', workloadId: 'stack.immich', workloadKind: 'stack', state: 'failed' }),
          1,
        );
        const ids = (filter: Parameters<Store['containers']>[0]) =>
          store.containers(filter).map((row) => row.id);
        assert.deepEqual(ids({}), ['local/c1', 'local/c2']);
        assert.deepEqual(ids({ workloadId: 'project.shop' }), ['local/c1']);
        assert.deepEqual(ids({ kind: 'stack' }), ['local/c2']);
        assert.deepEqual(ids({ state: 'failed' }), ['local/c2']);
        assert.deepEqual(ids({ appId: 'photos' }), ['local/c2']);
        assert.deepEqual(ids({ appId: 'photos', state: 'running' }), []);
        assert.deepEqual(ids({ kind: undefined, state: "' OR 1=1 --" }), []);
      });
      it('is counted by state', () => {
        store.upsertContainer(container(), 1);
        store.upsertContainer(container({ id: 'local/c2', state: 'missing' }), 1);
        store.upsertContainer(container({ id: 'local/c3' }), 1);
        assert.deepEqual(store.containerCounts(), {
          running: 2,
          stopped: 0,
          failed: 0,
          removing: 0,
          missing: 1,
        });
      });
      it('needs its workload', () => {
        throwsFault('RowMissing', () => store.upsertContainer(container({ workloadId: 'project.none' }), 1));
      });
      it('is removed, once', () => {
        store.upsertContainer(container(), 1);
        assert.equal(
          writesOf(() => store.removeContainer('local/c1')),
          1,
        );
        assert.equal(
          writesOf(() => store.removeContainer('local/c1')),
          0,
        );
        assert.deepEqual(store.containers(), []);
        assert.equal(
          writesOf(() => store.upsertContainer(container(), 1)),
          1,
        );
      });
    });

    describe('deploys', () => {
      it('are numbered within their unit', () => {
        const numbers = ['shop/prod', 'shop/prod', 'immich', 'shop/prod'].map(
          (unit) => store.startDeploy(deploy({ unit })).number,
        );
        assert.deepEqual(numbers, [1, 2, 1, 3]);
      });
      it('change only where told', () => {
        const { id } = store.startDeploy(deploy());
        store.updateDeploy(id, { status: 'success', finishedAtMs: 5_000 });
        const expected = { ...deploy({ status: 'success', finishedAtMs: 5_000 }), id, number: 1 };
        assert.deepEqual(store.deploy(id), expected);
        assert.equal(
          writesOf(() => store.updateDeploy(id, { status: 'success', steps: deploy().steps })),
          0,
        );
        store.updateDeploy(id, { steps: [] });
        assert.deepEqual(store.deploy(id)?.steps, []);
      });
      it('are read newest first, by page', () => {
        for (const unit of ['a', 'b', 'a', 'a']) store.startDeploy(deploy({ unit }));
        const ids = (unit: string | null, page: Parameters<Store['deploys']>[1]) =>
          store.deploys(unit, page).map((row) => row.number);
        assert.deepEqual(ids('a', { limit: 2 }), [3, 2]);
        const beforeId = store.deploys('a', { limit: 2 }).at(-1)?.id;
        assert.deepEqual(ids('a', { limit: 2, beforeId }), [1]);
        assert.deepEqual(
          store.deploys(null, { limit: 10 }).map((row) => row.unit),
          ['a', 'a', 'b', 'a'],
        );
        assert.equal(store.deploys(null, { limit: -5 }).length, 1);
      });
      it('prove a hash only by success', () => {
        for (const [specHash, end] of [
          ['h1', 'success'],
          ['h2', 'failed'],
          ['h1', 'success'],
          [null, 'success'],
        ] as const) {
          store.updateDeploy(store.startDeploy(deploy({ specHash })).id, { status: end });
        }
        store.updateDeploy(store.startDeploy(deploy({ unit: 'b', specHash: 'h9' })).id, {
          status: 'success',
        });
        assert.deepEqual(store.provenHashes('shop/prod'), ['h1']);
      });
      it('are missing when they are', () => {
        assert.equal(store.deploy(77), null);
        throwsFault('RowMissing', () => store.updateDeploy(77, { status: 'failed' }));
        throwsFault('RowMissing', () =>
          store.addDeployLog({ deployId: 77, atMs: 1, level: 'info', phase: 'prove', text: 'x' }),
        );
        assert.deepEqual(store.deployLogs(77), []);
      });
      it('keep the logs of the last 50 of each unit, and the deploys themselves', () => {
        const log = (deployId: number) =>
          store.addDeployLog({ deployId, atMs: 1, level: 'info', phase: 'p', text: 't' });
        const other = store.startDeploy(deploy({ unit: 'other' })).id;
        log(other);
        const ids = Array.from({ length: 52 }, () => store.startDeploy(deploy()).id);
        // With the next one, numbers 1 to 3 are no longer among the last 50.
        for (const id of ids) log(id);
        store.startDeploy(deploy());
        const logged = ids.map((id) => store.deployLogs(id).length);
        assert.deepEqual(logged, [0, 0, 0, ...Array.from({ length: 49 }, () => 1)]);
        assert.equal(store.deployLogs(other).length, 1);
        assert.equal(store.deploys('shop/prod', { limit: 100 }).length, 53);
      });
      it('keep their lines in order', () => {
        const { id } = store.startDeploy(deploy());
        const lines = [3, 1, 2].map((atMs) => ({
          deployId: id,
          atMs,
          level: 'warn' as const,
          phase: 'prove',
          text: `line ${atMs}`,
        }));
        for (const line of lines) store.addDeployLog(line);
        assert.deepEqual(store.deployLogs(id), lines);
      });
      it('forget the unsuccessful beyond a thousand, never a success', () => {
        store.transaction(() => {
          const first = store.startDeploy(deploy({ unit: 'flaky' }));
          store.updateDeploy(first.id, { status: 'success' });
          for (let i = 0; i < 1_002; i += 1) store.startDeploy(deploy({ unit: 'flaky', status: 'failed' }));
        });
        const all = [...store.deploys('flaky', { limit: 1_000 })];
        all.push(...store.deploys('flaky', { limit: 1_000, beforeId: all.at(-1)?.id }));
        assert.deepEqual([all.length, all.at(-1)?.number, all.at(-2)?.number], [1_001, 1, 4]);
      });
    });

    describe('events', () => {
      it('are read newest first, of one unit or all, by page', () => {
        const ids = ['a', null, 'a', 'b'].map((unit) => store.addEvent(event({ unit })).id);
        assert.deepEqual(
          store.events({ limit: 10 }).map((row) => row.id),
          [...ids].reverse(),
        );
        assert.deepEqual(
          store.events({ limit: 10, unit: 'a' }).map((row) => row.id),
          [ids[2], ids[0]],
        );
        assert.deepEqual(
          store.events({ limit: 1, unit: 'a', beforeId: ids[2] }).map((row) => row.id),
          [ids[0]],
        );
      });
      it('are kept up to ten thousand', () => {
        store.transaction(() => {
          for (let i = 0; i < 10_005; i += 1) store.addEvent(event({ message: String(i) }));
        });
        let count = 0;
        let beforeId: number | undefined;
        for (;;) {
          const page = store.events({ limit: 1_000, beforeId });
          count += page.length;
          beforeId = page.at(-1)?.id;
          if (page.length < 1_000) break;
        }
        assert.equal(count, 10_000);
        assert.equal(store.events({ limit: 1 })[0]?.message, '10004');
      });
    });

    describe('deliveries', () => {
      it('are taken once per hook', () => {
        assert.equal(store.addDelivery(delivery()), true);
        assert.equal(
          writesOf(() => assert.equal(store.addDelivery(delivery({ summary: 'another body' })), false)),
          0,
        );
        assert.equal(store.addDelivery(delivery({ hook: 'other' })), true);
        assert.deepEqual(
          store.deliveries({ limit: 10 }).map((row) => row.hook),
          ['other', 'hub'],
        );
        const { id: _id, ...row } = store.deliveries({
          limit: 1,
          beforeId: store.deliveries({ limit: 1 })[0]?.id,
        })[0] ?? { id: 0 };
        assert.deepEqual(row, delivery());
      });
      it('are kept up to a thousand', () => {
        store.transaction(() => {
          for (let i = 0; i < 1_003; i += 1) store.addDelivery(delivery({ deliveryId: `d${i}` }));
        });
        const kept = store.deliveries({ limit: 1_000 });
        assert.deepEqual(
          [kept.length, kept.at(0)?.deliveryId, kept.at(-1)?.deliveryId],
          [1_000, 'd1002', 'd3'],
        );
        assert.equal(store.deliveries({ limit: 10, beforeId: kept.at(-1)?.id }).length, 0);
      });
    });

    describe('cache', () => {
      it('keeps a value until it is replaced', () => {
        assert.equal(store.cacheGet('k'), null);
        assert.equal(
          writesOf(() => store.cacheSet('k', 'v')),
          1,
        );
        assert.equal(
          writesOf(() => store.cacheSet('k', 'v')),
          0,
        );
        store.cacheSet('k', 'w');
        assert.equal(store.cacheGet('k'), 'w');
      });
      it('drops what is not kept, of that prefix only', () => {
        for (const key of ['stack:a', 'stack:b', 'stack%c', 'other:a']) store.cacheSet(key, key);
        assert.equal(
          writesOf(() => store.cacheKeep('stack:', ['stack:b'])),
          1,
        );
        const left = ['stack:a', 'stack:b', 'stack%c', 'other:a'].filter(
          (key) => store.cacheGet(key) !== null,
        );
        assert.deepEqual(left, ['stack:b', 'stack%c', 'other:a']);
        assert.equal(
          writesOf(() => store.cacheKeep('stack:', ['stack:b', 'stack:z'])),
          0,
        );
      });
    });

    describe('transactions', () => {
      it('are one, however much is written in them, and none when nothing is', () => {
        assert.equal(
          writesOf(() => store.transaction(() => store.events({ limit: 1 }))),
          0,
        );
        const work = () => {
          withWorkload();
          store.upsertContainer(container(), 1);
          store.transaction(() => store.saveStatus(status()));
          store.addEvent(event());
        };
        assert.equal(
          writesOf(() => store.transaction(work)),
          1,
        );
        assert.equal(
          writesOf(() => store.cacheSet('k', 'v')),
          1,
        );
      });
      it('give back what the work gives', () => {
        assert.equal(
          store.transaction(() => 42),
          42,
        );
      });
      it('leave nothing behind when they fail', () => {
        withWorkload();
        assert.throws(
          () =>
            store.transaction(() => {
              store.upsertContainer(container(), 1);
              store.saveStatus(status());
              throw new Error('power cut');
            }),
          /power cut/,
        );
        assert.deepEqual([store.containers(), store.statuses()], [[], []]);
        // Nothing remembers the rows that were undone.
        store.upsertContainer(container(), 1);
        store.saveStatus(status());
        assert.equal(store.containers().length + store.statuses().length, 2);
      });
      it('undo an inner one alone when the outer goes on', () => {
        store.transaction(() => {
          store.cacheSet('outer', '1');
          assert.throws(() =>
            store.transaction(() => {
              store.cacheSet('inner', '1');
              throw new Error('inner');
            }),
          );
          store.cacheSet('after', '1');
        });
        assert.deepEqual(
          ['outer', 'inner', 'after'].map((key) => store.cacheGet(key)),
          ['1', null, '1'],
        );
      });
      it('go on after a row was refused', () => {
        withWorkload();
        store.transaction(() => {
          throwsFault('RowTaken', () => store.upsertWorkload(workload({ id: 'x' }), 1));
          store.cacheSet('after', '1');
        });
        assert.equal(store.cacheGet('after'), '1');
      });
      it('refuse asynchronous work', () => {
        assert.throws(
          () =>
            store.transaction(async () => {
              store.cacheSet('k', 'v');
            }),
          TypeError,
        );
        assert.equal(store.cacheGet('k'), null);
      });
    });
  });
}
