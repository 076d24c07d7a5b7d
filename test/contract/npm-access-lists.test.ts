// Access lists of Nginx Proxy Manager by name: a route is never open where one is meant, whatever a hand did there.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import { stamp } from '../support/npm/rows.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { createNpmRig, type NpmRig } from '../support/proxy/npm-rig.ts';
import { startUpstream, type TestUpstream } from '../support/proxy/upstreams.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';
import { eventually, HANG, oneRoute, putRoute, rejectsWith } from '../support/proxy-provider-contract.ts';

const SIGNAL = new AbortController().signal;
const DOMAIN = 'shop.example.test';

describe('an access list of Nginx Proxy Manager', () => {
  let double: NpmDouble;
  let rig: NpmRig;
  let provider: ProxyProvider;
  let blue: TestUpstream;
  let green: TestUpstream;
  before(async () => {
    double = await startNpmDouble();
    rig = createNpmRig({ place: double, close: () => double.close() });
    provider = rig.open();
    [blue, green] = await Promise.all([startUpstream('blue'), startUpstream('green')]);
  });
  after(async () => {
    await blue[Symbol.asyncDispose]();
    await green[Symbol.asyncDispose]();
    await rig[Symbol.asyncDispose]();
  });

  const guarded = forwardWish({ options: { accessList: 'staff' } });
  const makeList = async (): Promise<number> => {
    const items = [{ username: 'ann', password: 'a-long-password' }];
    const body = {
      name: 'staff',
      satisfy_any: false,
      pass_auth: false,
      items,
      clients: [{ address: 'all', directive: 'allow' }],
    };
    return ((await rig.hands.call('POST', '/nginx/access-lists', body)) as { id: number }).id;
  };

  /** The proxy tells times in whole seconds. */
  const nextSecond = (): Promise<void> => {
    const now = stamp(new Date());
    return eventually(async () => stamp(new Date()) !== now);
  };

  it('never opens a route whose list is not there', HANG, async () => {
    const put = { wish: guarded, traffic: toAll(blue.upstream), adopt: null };
    await rejectsWith('RouteRefused', provider.put(put, SIGNAL));
    assert.deepEqual((await provider.list(SIGNAL)).routes, []);
  });

  it('guards a route, and guards it still when a hand has disabled it', HANG, async () => {
    const id = await makeList();
    {
      await using route = await putRoute({ provider }, { wish: guarded, traffic: toAll(blue.upstream) });
      assert.deepEqual(provider.compare(guarded, route.observed), []);
      assert.equal((await rig.get(DOMAIN)).status, 401);
      const who = await provider.who(guarded, { preview: green.upstream, signal: SIGNAL });
      assert.equal(who?.upstream, green.address);
      await rig.hand.disable?.(route.observed.id);
      await provider.put({ wish: guarded, traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
      assert.equal((await rig.get(DOMAIN)).status, 401);
    }
    await rig.hands.call('DELETE', `/nginx/access-lists/${id}`);
  });

  it('sees that a hand may have opened it, by disabling and enabling, and closes it', HANG, async () => {
    const id = await makeList();
    {
      await using route = await putRoute({ provider }, { wish: guarded, traffic: toAll(blue.upstream) });
      await nextSecond();
      const path = `/nginx/proxy-hosts/${route.observed.id.split('/')[1]}`;
      for (const turn of ['disable', 'enable']) await rig.hands.call('POST', `${path}/${turn}`);
      await eventually(async () => (await rig.get(DOMAIN)).status === 200);
      const drifts = provider.compare(guarded, await oneRoute(provider, guarded));
      assert.deepEqual(drifts, [
        {
          field: 'access list',
          is: 'staff, but saved by somebody: it may let everybody in',
          shall: 'staff',
        },
      ]);
      const put = { wish: guarded, traffic: toAll(blue.upstream), adopt: null };
      await provider.put(put, SIGNAL);
      assert.equal((await rig.get(DOMAIN)).status, 401);
      assert.deepEqual(provider.compare(guarded, await oneRoute(provider, guarded)), []);
      const before = rig.writes();
      await provider.put(put, SIGNAL);
      assert.equal(rig.writes(), before, 'and once is enough');
      await provider.list(SIGNAL);
      await nextSecond();
      const elsewhere = { ...blue.upstream, host: '127.0.0.2' };
      const asked = { path: '/', preview: elsewhere, signal: SIGNAL, timeoutMs: 5_000 };
      assert.equal((await provider.ask(guarded, asked)).status, 401);
      assert.equal(rig.writes(), (before ?? 0) + 1);
      assert.deepEqual(provider.compare(guarded, await oneRoute(provider, guarded)), [], 'that was us');
      await nextSecond();
      // It is saved, and nobody tells us so.
      double.faults.next({ match: { method: 'PUT' }, kind: '500-after' });
      double.faults.next({ match: { method: 'GET', path: /proxy-hosts\/\d+$/ }, kind: 'garbage' });
      double.faults.next({ match: { method: 'GET', path: /proxy-hosts\/\d+$/ }, kind: 'garbage' });
      await rejectsWith('ProxyAway', provider.put({ ...put, traffic: toAll(green.upstream) }, SIGNAL));
      const after = await oneRoute(provider, guarded);
      assert.deepEqual([after.traffic, provider.compare(guarded, after)], [toAll(green.upstream), []]);
    }
    await rig.hands.call('DELETE', `/nginx/access-lists/${id}`);
  });

  it('sees that the list was deleted, which opens the route, and does not let it stay so', HANG, async () => {
    const id = await makeList();
    await using route = await putRoute({ provider }, { wish: guarded, traffic: toAll(blue.upstream) });
    await rig.hands.call('DELETE', `/nginx/access-lists/${id}`);
    assert.deepEqual(
      provider.compare(guarded, await oneRoute(provider, guarded)).map(({ field }) => field),
      ['access list'],
    );
    const put = { wish: guarded, traffic: toAll(blue.upstream), adopt: null };
    await rejectsWith('RouteRefused', provider.put(put, SIGNAL));
    const again = await makeList();
    await provider.put(put, SIGNAL);
    await eventually(async () => (await rig.get(DOMAIN)).status === 401);
    await rig.hands.call('DELETE', `/nginx/access-lists/${again}`);
    assert.ok(route.observed.id);
  });
});
