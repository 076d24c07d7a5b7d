// What every store must do with events, deliveries and small cached facts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MonitorRow } from '../../src/model/record.ts';
import type { StoreBench } from './store-bench.ts';
import { delivery, event } from './store-rows.ts';

export function diaryRules(bench: StoreBench): void {
  describe('events', () => {
    it('are read newest first, of one unit or all, by page', () => {
      const ids = ['a', null, 'a', 'b'].map((unit) => bench.store.addEvent(event({ unit })).id);
      assert.deepEqual(
        bench.store.events({ limit: 10 }).map((row) => row.id),
        [...ids].reverse(),
      );
      assert.deepEqual(
        bench.store.events({ limit: 10, unit: 'a' }).map((row) => row.id),
        [ids[2], ids[0]],
      );
      assert.deepEqual(
        bench.store.events({ limit: 1, unit: 'a', beforeId: ids[2] }).map((row) => row.id),
        [ids[0]],
      );
    });
    it('are kept up to ten thousand', () => {
      bench.store.transaction(() => {
        for (let i = 0; i < 10_005; i += 1) bench.store.addEvent(event({ message: String(i) }));
      });
      let count = 0;
      let beforeId: number | undefined;
      for (;;) {
        const page = bench.store.events({ limit: 1_000, beforeId });
        count += page.length;
        beforeId = page.at(-1)?.id;
        if (page.length < 1_000) break;
      }
      assert.equal(count, 10_000);
      assert.equal(bench.store.events({ limit: 1 })[0]?.message, '10004');
    });
  });

  describe('results of monitors', () => {
    const seen = (change: Partial<Omit<MonitorRow, 'id'>> = {}): Omit<MonitorRow, 'id'> => ({
      unit: 'nas',
      atMs: 1_000,
      ok: false,
      state: 'up',
      durationMs: 12,
      detail: 'connection refused',
      ...change,
    });
    it('are read newest first, of one unit, by page', () => {
      for (const row of [seen(), seen({ unit: 'cam' }), seen({ ok: true, state: 'down' })])
        bench.store.addMonitorResult(row);
      const rows = bench.store.monitorResults('nas', { limit: 10 });
      assert.deepEqual(
        rows.map(({ id: _id, ...row }) => row),
        [seen({ ok: true, state: 'down' }), seen()],
      );
      const older = bench.store.monitorResults('nas', { limit: 10, beforeId: rows[0]?.id });
      assert.deepEqual(older, rows.slice(1));
    });
    it('are kept up to five hundred of each unit', () => {
      bench.store.addMonitorResult(seen({ unit: 'cam' }));
      bench.store.transaction(() => {
        for (let i = 0; i < 503; i += 1) bench.store.addMonitorResult(seen({ atMs: i }));
      });
      const rows = bench.store.monitorResults('nas', { limit: 1_000 });
      assert.deepEqual([rows.length, rows[0]?.atMs, rows.at(-1)?.atMs], [500, 502, 3]);
      assert.equal(bench.store.monitorResults('cam', { limit: 10 }).length, 1);
    });
  });

  describe('deliveries', () => {
    it('are taken once per hook', () => {
      assert.equal(bench.store.addDelivery(delivery()), true);
      assert.equal(
        bench.writesOf(() =>
          assert.equal(bench.store.addDelivery(delivery({ summary: 'another body' })), false),
        ),
        0,
      );
      assert.equal(bench.store.addDelivery(delivery({ hook: 'other' })), true);
      assert.deepEqual(
        bench.store.deliveries({ limit: 10 }).map((row) => row.hook),
        ['other', 'hub'],
      );
      const { id: _id, ...row } = bench.store.deliveries({
        limit: 1,
        beforeId: bench.store.deliveries({ limit: 1 })[0]?.id,
      })[0] ?? { id: 0 };
      assert.deepEqual(row, delivery());
    });
    it('are kept up to a thousand', () => {
      bench.store.transaction(() => {
        for (let i = 0; i < 1_003; i += 1) bench.store.addDelivery(delivery({ deliveryId: `d${i}` }));
      });
      const kept = bench.store.deliveries({ limit: 1_000 });
      assert.deepEqual(
        [kept.length, kept.at(0)?.deliveryId, kept.at(-1)?.deliveryId],
        [1_000, 'd1002', 'd3'],
      );
      assert.equal(bench.store.deliveries({ limit: 10, beforeId: kept.at(-1)?.id }).length, 0);
    });
  });

  describe('cache', () => {
    it('keeps a value until it is replaced', () => {
      assert.equal(bench.store.cacheGet('k'), null);
      assert.equal(
        bench.writesOf(() => bench.store.cacheSet('k', 'v')),
        1,
      );
      assert.equal(
        bench.writesOf(() => bench.store.cacheSet('k', 'v')),
        0,
      );
      bench.store.cacheSet('k', 'w');
      assert.equal(bench.store.cacheGet('k'), 'w');
    });
    it('drops what is not kept, of that prefix only', () => {
      for (const key of ['stack:a', 'stack:b', 'stack%c', 'other:a']) bench.store.cacheSet(key, key);
      assert.equal(
        bench.writesOf(() => bench.store.cacheKeep('stack:', ['stack:b'])),
        1,
      );
      const left = ['stack:a', 'stack:b', 'stack%c', 'other:a'].filter(
        (key) => bench.store.cacheGet(key) !== null,
      );
      assert.deepEqual(left, ['stack:b', 'stack%c', 'other:a']);
      assert.equal(
        bench.writesOf(() => bench.store.cacheKeep('stack:', ['stack:b', 'stack:z'])),
        0,
      );
    });
  });
}
