// The clocks: the real one waits and obeys its signal, the stepped one wakes sleepers in order.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { createFakeClock } from '../support/fake-clock.ts';

describe('system clock', () => {
  it('sleeps at least as long as asked', async () => {
    const clock = createSystemClock();
    const began = performance.now();
    await clock.sleep(20);
    assert.ok(performance.now() - began >= 19);
  });

  it('rejects with the reason of the signal', async () => {
    const reason = new Error('stopping');
    await assert.rejects(createSystemClock().sleep(60_000, AbortSignal.abort(reason)), reason);
    const later = new AbortController();
    const sleeping = createSystemClock().sleep(60_000, later.signal);
    later.abort(reason);
    await assert.rejects(sleeping, reason);
  });

  it('does not wake at once from a sleep longer than a timer can be', async () => {
    const stop = new AbortController();
    const sleeping = createSystemClock().sleep(2 ** 40, stop.signal);
    const first = await Promise.race([
      sleeping,
      createSystemClock()
        .sleep(30)
        .then(() => 'still asleep'),
    ]);
    assert.equal(first, 'still asleep');
    stop.abort(new Error('enough'));
    await assert.rejects(sleeping, /enough/);
  });

  it('gives chances from 0 to below 1', () => {
    const chance = createSystemClock().random();
    assert.ok(chance >= 0 && chance < 1);
  });
});

describe('stepped clock', () => {
  it('wakes sleepers in order of their time, and those they make', async () => {
    const clock = createFakeClock({ startMs: 0 });
    const woken: string[] = [];
    const note = (name: string) => () => void woken.push(`${name}@${clock.nowMs()}`);
    void clock.sleep(30).then(note('c'));
    void clock
      .sleep(10)
      .then(note('a'))
      .then(() => clock.sleep(10))
      .then(note('b'));
    await clock.advance(25);
    assert.deepEqual(woken, ['a@10', 'b@20']);
    assert.equal(clock.nextWakeMs(), 30);
    await clock.advance(5);
    assert.deepEqual(woken, ['a@10', 'b@20', 'c@30']);
    assert.equal(clock.sleeping(), 0);
  });

  it('rejects with the reason of the signal', async () => {
    const clock = createFakeClock();
    const stop = new AbortController();
    const sleeping = clock.sleep(10, stop.signal);
    stop.abort(new Error('stopping'));
    await assert.rejects(sleeping, /stopping/);
    assert.equal(clock.sleeping(), 0);
  });
});
