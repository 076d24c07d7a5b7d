// Every call of Nginx Proxy Manager going wrong in every way: what serves is kept, the next put converges, nothing is left over.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isFault } from '../../src/model/errors.ts';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import type { FaultKind } from '../support/npm/faults.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { createNpmRig, type NpmRig } from '../support/proxy/npm-rig.ts';
import { startUpstream, type TestUpstream } from '../support/proxy/upstreams.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';

const SIGNAL = new AbortController().signal;
const HANG = { timeout: 120_000 };
const DOMAIN = 'shop.example.test';

const KINDS: readonly FaultKind[] = [
  'timeout',
  'timeout-after',
  '500-before',
  '500-after',
  'token-expired',
  '502',
  '404',
  'garbage',
  'cut',
  'cut-after',
];

const LOGIN = { method: 'POST', path: '/tokens' };
const LIST = { method: 'GET', path: '/nginx/proxy-hosts' };
const READ = { method: 'GET', path: /\/nginx\/proxy-hosts\/\d+$/ };
const CREATE = { method: 'POST', path: '/nginx/proxy-hosts' };
const UPDATE = { method: 'PUT', path: /\/nginx\/proxy-hosts\/\d+$/ };
const DELETE = { method: 'DELETE', path: /\/nginx\/proxy-hosts\/\d+$/ };

describe('calls of Nginx Proxy Manager that go wrong', () => {
  let double: NpmDouble;
  let rig: NpmRig;
  let blue: TestUpstream;
  let green: TestUpstream;
  before(async () => {
    double = await startNpmDouble();
    rig = createNpmRig({
      place: double,
      limits: { readMs: 1_000, writeMs: 4_000 },
      close: () => double.close(),
    });
    [blue, green] = await Promise.all([startUpstream('blue'), startUpstream('green')]);
  });
  after(async () => {
    await blue[Symbol.asyncDispose]();
    await green[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
  });

  /** One host for the name, and nothing else at all. */
  async function assertOneHost(): Promise<void> {
    const hosts = (await rig.hands.call('GET', '/nginx/proxy-hosts')) as { domain_names: string[] }[];
    assert.deepEqual(
      hosts.map(({ domain_names }) => domain_names),
      [[DOMAIN]],
    );
  }

  async function removeAll(): Promise<void> {
    double.faults.clear();
    for (const { id } of (await rig.hands.call('GET', '/nginx/proxy-hosts')) as { id: number }[])
      await rig.hand.remove(`proxy-host/${id}`);
  }

  const putTo = (provider: ProxyProvider, { upstream }: TestUpstream): Promise<void> =>
    provider.put({ wish: forwardWish(), traffic: toAll(upstream), adopt: null }, SIGNAL);

  for (const kind of KINDS) {
    for (const match of [LOGIN, LIST, CREATE, READ])
      it(`making a route: ${kind} at ${match.method} ${match.path}`, HANG, async () => {
        double.faults.next({ match, kind });
        await doneOrRetried(putTo(rig.open(), blue));
        assert.deepEqual(double.faults.pending(), []);
        await putTo(rig.open(), blue);
        assert.equal((await rig.get(DOMAIN)).body, 'blue /');
        await assertOneHost();
        await removeAll();
      });

    for (const match of [LOGIN, LIST, UPDATE, READ])
      it(`changing a route: ${kind} at ${match.method} ${match.path}`, HANG, async () => {
        await putTo(rig.open(), blue);
        double.faults.next({ match, kind });
        const wasDone = await doneOrRetried(putTo(rig.open(), green));
        assert.deepEqual(double.faults.pending(), []);
        const { body } = await rig.get(DOMAIN);
        assert.ok(wasDone ? body === 'green /' : ['blue /', 'green /'].includes(body), body);
        await putTo(rig.open(), green);
        assert.equal((await rig.get(DOMAIN)).body, 'green /');
        await assertOneHost();
        await removeAll();
      });

    for (const match of [LOGIN, READ, DELETE])
      it(`removing a route: ${kind} at ${match.method} ${match.path}`, HANG, async () => {
        const provider = rig.open();
        await putTo(provider, blue);
        const id = (await provider.list(SIGNAL)).routes[0]?.id ?? '';
        double.faults.next({ match, kind });
        await doneOrRetried(rig.open().remove(id, SIGNAL));
        assert.deepEqual(double.faults.pending(), []);
        await rig.open().remove(id, SIGNAL);
        assert.deepEqual((await provider.list(SIGNAL)).routes, []);
      });
  }

  it('converges after its whole nginx could not be configured for a while', HANG, async () => {
    await putTo(rig.open(), blue);
    await double.breakNginx();
    assert.equal(await doneOrRetried(putTo(rig.open(), green)), false);
    assert.equal((await rig.get(DOMAIN)).body, 'blue /');
    await double.mendNginx();
    await putTo(rig.open(), green);
    assert.equal((await rig.get(DOMAIN)).body, 'green /');
    await assertOneHost();
    await removeAll();
  });
});

/** True where it resolved. A rejection must be a fault that the loop tries again. */
async function doneOrRetried(promise: Promise<unknown>): Promise<boolean> {
  try {
    await promise;
    return true;
  } catch (error) {
    assert.ok(isFault(error), String(error));
    assert.equal(error.disposition, 'retry', `${error.reason}: ${error.message}`);
    return false;
  }
}
