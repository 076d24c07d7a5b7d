// Every call that each kind of put makes of Nginx Proxy Manager, going wrong in every way: found by what an undisturbed put asks.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFault } from '../../src/model/errors.ts';
import type { RoutePut } from '../../src/ports/proxy-provider.ts';
import { type AskedCall, callsOf } from '../support/npm/asked-calls.ts';
import type { FaultKind } from '../support/npm/faults.ts';
import { type PutCase, putCases, startPutWorld } from '../support/npm/put-cases.ts';

const SIGNAL = new AbortController().signal;
const world = await startPutWorld();
const { double, rig, hasty } = world;
const COMMON = /tokens|GET \/nginx\/proxy-hosts, the first/;

/** The one that leaves most behind; the others are met by what is refused, whose host must never be written over. */
const isWrittenUntold = (kind: FaultKind): boolean => kind === '500-after';

/** What a pass does beside what it was about: prunes what is ours and nobody wishes, and tidies. */
async function pass({ wish }: RoutePut): Promise<void> {
  const provider = rig.open();
  for (const { id, owner } of (await provider.list(SIGNAL)).routes)
    if (owner !== null && owner.key !== wish.key) await provider.remove(id, SIGNAL);
  await provider.tidy?.(SIGNAL);
}

/** True where it was done; null where it was refused for good. */
async function outcome(promise: Promise<void>): Promise<boolean | null> {
  try {
    await promise;
    return true;
  } catch (error) {
    assert.ok(isFault(error), String(error));
    return error.disposition === 'retry' ? false : null;
  }
}

async function undisturbed(one: PutCase): Promise<AskedCall[]> {
  const put = await one.begin(world);
  const from = double.requests.length;
  assert.equal(await outcome(hasty.open().put(put, SIGNAL)), one.isRefused ? null : true);
  const asked = double.requests.slice(from);
  assert.equal(await one.served(world), one.after);
  await pass(put);
  assert.deepEqual(world.left(), one.left);
  await world.clear();
  return callsOf(asked);
}

async function disturbed(one: PutCase, call: AskedCall, kind: FaultKind): Promise<void> {
  const put = await one.begin(world);
  const from = double.requests.length;
  double.faults.next({ match: call.match, kind, after: call.after });
  const done = await outcome(hasty.open().put(put, SIGNAL));
  double.faults.clear();
  const written = double.requests.slice(from).filter(({ method }) => method === 'PUT');
  if (one.isRefused) assert.deepEqual(written, [], 'what serves is not written over by what is refused');
  assert.ok(done !== null || one.isRefused, 'what went wrong once is tried again');
  const now = await one.served(world);
  const expected = done === true ? [one.after] : [one.before, one.after, ...one.between];
  assert.ok(expected.includes(now), `${now}, where one of ${expected.join()} was expected`);
  assert.equal(await outcome(rig.open().put(put, SIGNAL)), one.isRefused ? null : true);
  assert.equal(await one.served(world), one.after);
  await pass(put);
  assert.deepEqual(world.left(), one.left);
}

for (const one of putCases)
  describe(`calls of a put that go wrong: ${one.name}`, { timeout: 900_000 }, () => {
    it('what each of them leaves', async (test) => {
      // Logins and the first list are those of every put: npm-calls.test.ts.
      const calls = (await undisturbed(one)).filter(({ words }) => !COMMON.test(words));
      assert.ok(calls.length > 0);
      for (const call of calls)
        for (const kind of one.isRefused ? call.kinds : call.kinds.filter(isWrittenUntold))
          await test.test(`${kind} at ${call.words}`, async () => {
            try {
              await disturbed(one, call, kind);
            } finally {
              await world.clear();
            }
          });
    });
  });

it('ends', async () => {
  await world[Symbol.asyncDispose]();
});
