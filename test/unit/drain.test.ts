// A drain lasts its time, and ends before it only where all connections of those who leave were seen to be gone for a while.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { farewellFact } from '../../src/core/route/facts.ts';
import type { HandlerContext } from '../../src/engine/handlers/context.ts';
import { drain, QUIET_MS } from '../../src/engine/handlers/drain.ts';
import { createMemory } from '../../src/engine/memory.ts';
import { createHurryClock } from '../support/hurry-clock.ts';

const DRAIN_MS = 10_000;

/** How long it took, where each of those who leave has so many connections after so much time. */
async function drained(
  connections: Record<string, (waitedMs: number) => number | null>,
  ms = DRAIN_MS,
): Promise<{ tookMs: number; facts: string[]; told: string[] }> {
  const clock = createHurryClock();
  const memory = createMemory();
  const startMs = clock.nowMs();
  const told: string[] = [];
  const runtime = {
    inspectContainer: async () => ({ id: 'heir-id' }),
    openConnections: async (id: string) => connections[id]?.(clock.nowMs() - startMs) ?? null,
  };
  const context = {
    ...{ deps: { clock }, memory, runtime, signal: new AbortController().signal },
    progress: (text: string) => told.push(text),
  } as unknown as HandlerContext;
  const leaving = Object.keys(connections);
  const action = { type: 'drain' as const, container: 'heir', leaving, ms };
  await drain({ ...action, unit: 'shop', host: 'local', phase: 'drain', cause: '' }, context);
  return { tookMs: clock.nowMs() - startMs, facts: [...memory.facts], told };
}

describe('a drain', () => {
  it('lasts its whole time where connections cannot be seen', async () => {
    assert.equal((await drained({ old: () => null })).tookMs, DRAIN_MS);
    assert.equal((await drained({ old: () => 0, other: () => null })).tookMs, DRAIN_MS);
  });

  it('ends early once nobody was connected for a while, not before', async () => {
    const { tookMs } = await drained({ old: () => 0 });
    assert.equal(tookMs, QUIET_MS);
    const later = await drained({ old: (waitedMs) => (waitedMs < 2_000 ? 3 : 0), other: () => 0 });
    assert.ok(later.tookMs >= 1_750 + QUIET_MS && later.tookMs <= 2_500 + QUIET_MS, `${later.tookMs} ms`);
    assert.deepEqual(new Set(later.told), new Set(['3 connections are still open']));
  });

  it('lasts its whole time, and no longer, for somebody who stays connected', async () => {
    assert.equal((await drained({ old: () => 1 })).tookMs, DRAIN_MS);
    assert.equal((await drained({ old: () => 1 }, 1_000)).tookMs, 1_000);
  });

  it('of somebody who comes back begins to be quiet anew', async () => {
    const { tookMs } = await drained({ old: (waitedMs) => (waitedMs === 2_500 ? 1 : 0) });
    assert.equal(tookMs, 2_500 + QUIET_MS);
  });

  it('is remembered for each who leaves', async () => {
    const { facts } = await drained({ a: () => 0, b: () => 0 });
    assert.deepEqual(facts, [farewellFact('heir-id', 'a'), farewellFact('heir-id', 'b')]);
  });
});
