// When the loop gets up: at once for what others did, later for what its own work brings about.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAlarm } from '../../src/engine/alarm.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const PASS_MS = 50;

/** How long the loop rests on after these rings while work goes on that ends after `workMs`. */
async function restedMs(rings: readonly ('now' | 'whole' | 'by work')[], workMs: number): Promise<number> {
  const clock = createFakeClock();
  const beganMs = clock.nowMs();
  const work = clock.sleep(workMs);
  const alarm = createAlarm({ clock, busy: () => [work], passMs: () => PASS_MS });
  const { signal } = new AbortController();
  let endedMs: number | null = null;
  const rest = alarm.rest({ untilMs: 600_000, signal }).then(() => (endedMs = clock.nowMs()));
  for (const urgency of rings) alarm.ring('container start', urgency);
  for (let steps = 0; endedMs === null && steps < 1_000; steps++) await clock.advance(10);
  await rest;
  return (endedMs ?? Number.NaN) - beganMs;
}

describe('alarm', () => {
  it('lets what a deploy brings about wait for the end of that deploy', async () => {
    const ms = await restedMs(['by work', 'by work'], 700);
    assert.ok(ms >= 690 && ms <= 720, String(ms));
  });
  it('looks once a second where the work is long', async () => {
    const ms = await restedMs(['by work'], 60_000);
    assert.ok(ms >= 1_000 && ms <= 1_100, String(ms));
  });
  it('gets up soon for what others did meanwhile', async () => {
    const ms = await restedMs(['by work', 'now'], 60_000);
    assert.ok(ms <= 60 + 3 * PASS_MS + 20, String(ms));
  });
  it('waits for no more of what came whole, and for more of what may be the first of a burst', async () => {
    const idle = 0;
    assert.ok((await restedMs(['whole', 'whole'], idle)) <= 20);
    assert.ok((await restedMs(['whole', 'now'], idle)) >= 60);
  });
});
