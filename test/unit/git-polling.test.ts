// Looking again and again: with jitter, with back-off, one at a time, and never joined to a look that began too early.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pollDelayMs, startPolling } from '../../src/adapters/git/poll.ts';
import { createSingleFlight } from '../../src/adapters/git/single-flight.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const never = new AbortController().signal;

test('the delay doubles with failures, up to five minutes or the poll itself', () => {
  const delays = (pollMs: number) =>
    [0, 1, 2, 3, 4, 5, 60].map((failures) => pollDelayMs(pollMs, failures) / 1000);
  assert.deepEqual(delays(60_000), [60, 60, 120, 240, 300, 300, 300]);
  assert.deepEqual(delays(600_000), [600, 600, 600, 600, 600, 600, 600]);
});

test('polling looks at once, then a tenth around the delay, until it is stopped', async () => {
  const clock = createFakeClock({ random: [0, 0.5, 1] });
  const looks: number[] = [];
  const startMs = clock.nowMs();
  const stop = startPolling({
    clock,
    look: async () => {
      looks.push(clock.nowMs() - startMs);
    },
    delayMs: () => 10_000,
  });
  await clock.advance(30_000);
  assert.deepEqual(looks, [0, 9_000, 19_000, 30_000]);
  await stop();
  await clock.advance(60_000);
  assert.equal(looks.length, 4);
  assert.equal(clock.sleeping(), 0);
});

test('the stop waits for the look that is under way, and ends it', async () => {
  const clock = createFakeClock();
  let ended = false;
  const stop = startPolling({
    clock,
    look: (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          ended = true;
          reject(signal.reason);
        });
      }),
    delayMs: () => 1_000,
  });
  await stop();
  assert.equal(ended, true);
});

test('calls during a run share the one after it', async () => {
  const runs: (() => void)[] = [];
  const flight = createSingleFlight(() => new Promise<void>((resolve) => runs.push(resolve)));
  const first = flight(never);
  const later = [flight(never), flight(never), flight(never)];
  await turn();
  assert.equal(runs.length, 1);
  runs[0]?.();
  await first;
  await turn();
  assert.equal(runs.length, 2);
  runs[1]?.();
  await Promise.all(later);
  await turn();
  assert.equal(runs.length, 2);
});

test('a failed run fails its callers alone, and the next one runs', async () => {
  let count = 0;
  const flight = createSingleFlight(async () => {
    count += 1;
    if (count === 1) throw new Error('first');
  });
  const [one, two] = await Promise.allSettled([flight(never), flight(never)]);
  assert.equal(one.status, 'rejected');
  assert.equal(two.status, 'fulfilled');
});

test('a caller that gives up leaves the others their run; the last one ends it', async () => {
  const signals: AbortSignal[] = [];
  const flight = createSingleFlight((signal) => {
    signals.push(signal);
    return new Promise<void>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  });
  const running = new AbortController();
  const first = flight(running.signal);
  await turn();
  const [a, b] = [new AbortController(), new AbortController()];
  const calls = [flight(a.signal), flight(b.signal)];
  running.abort(new Error('first gave up'));
  await assert.rejects(first, /first gave up/);
  await turn();
  assert.equal(signals.length, 2);
  a.abort(new Error('a gave up'));
  await assert.rejects(calls[0] ?? Promise.resolve(), /a gave up/);
  assert.equal(signals[1]?.aborted, false);
  b.abort(new Error('b gave up'));
  await assert.rejects(calls[1] ?? Promise.resolve(), /b gave up/);
  assert.equal(signals[1]?.aborted, true);
});

test('a queued run that nobody waits for any more is not begun', async () => {
  let begun = 0;
  let end = () => {};
  const flight = createSingleFlight(() => {
    begun += 1;
    return new Promise<void>((resolve) => {
      end = resolve;
    });
  });
  const first = flight(never);
  const giveUp = new AbortController();
  const second = flight(giveUp.signal);
  giveUp.abort(new Error('no'));
  await assert.rejects(second, /no/);
  await turn();
  end();
  await first;
  await turn();
  assert.equal(begun, 1);
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
