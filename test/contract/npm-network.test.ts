// Containers reached by name, and streams: what the workers choose is told by themselves, whether or not it can be reached.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RouteWish, Upstream } from '../../src/model/route.ts';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import { type NpmDouble, startNpmDouble } from '../support/npm/start-double.ts';
import { createNpmRig, type NpmRig } from '../support/proxy/npm-rig.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';
import { HANG, oneRoute, putRoute, rejectsWith } from '../support/proxy-provider-contract.ts';

const SIGNAL = new AbortController().signal;
const named = (host: string, port = 8080): Upstream => ({ scheme: 'http', host, port });

describe('Nginx Proxy Manager on a network of containers', () => {
  let double: NpmDouble;
  let rig: NpmRig;
  let provider: ProxyProvider;
  before(async () => {
    double = await startNpmDouble();
    rig = createNpmRig({
      place: double,
      config: { reach: 'network', network: 'proxy', address: null },
      close: () => double.close(),
    });
    provider = rig.open();
  });
  after(() => rig[Symbol.asyncDispose]());

  const writes = (): number => rig.writes() ?? Number.NaN;

  it('lets the header choose another generation without a write', HANG, async () => {
    await using route = await putRoute({ provider }, { traffic: toAll(named('shop-prod-4be1c0-1')) });
    const before = writes();
    for (const host of ['shop-prod-0a1b2c-1', 'shop-prod-4be1c0-2']) {
      const who = await provider.who(route.wish, { preview: named(host), signal: SIGNAL });
      assert.equal(who?.upstream, `${host}:8080`);
    }
    const other = await provider.who(route.wish, { preview: named('payroll-prod-0a1b2c-1'), signal: SIGNAL });
    assert.equal(other?.upstream, 'shop-prod-4be1c0-1:8080');
    assert.equal(writes(), before);
  });

  it(
    'asks what is no neighbour of what serves by a write of its own, which leaves clients where they are',
    HANG,
    async () => {
      await using route = await putRoute({ provider }, { traffic: toAll(named('10.1.2.3', 80)) });
      const asked = { path: '/', preview: named('shop-prod-0a1b2c-1'), signal: SIGNAL, timeoutMs: 5_000 };
      const before = writes();
      // Nobody resolves the name here: 502 is nginx's own word for that.
      assert.equal((await provider.ask(route.wish, asked)).status, 502);
      assert.equal(writes(), before + 1);
      const who = await provider.who(route.wish, { preview: null, signal: SIGNAL });
      assert.equal(who?.upstream, '10.1.2.3:80');
      const observed = await oneRoute(provider, route.wish);
      assert.deepEqual(provider.compare(route.wish, observed), []);
      assert.deepEqual(observed.traffic, toAll(named('10.1.2.3', 80)));
    },
  );

  it('shares among many containers by name', HANG, async () => {
    const main = ['shop-4be1c0-1', 'shop-4be1c0-2', 'shop-4be1c0-3'].map((host) => named(host));
    await using route = await putRoute(
      { provider },
      {
        traffic: {
          main,
          canary: { upstreams: [named('shop-0a1b2c-1'), named('shop-0a1b2c-2')], share: 0.5 },
        },
      },
    );
    assert.deepEqual(route.observed.traffic?.main, main);
    const seen = new Set<string>();
    for (let asked = 0; asked < 100; asked += 1)
      seen.add((await provider.who(route.wish, { preview: null, signal: SIGNAL }))?.upstream ?? '');
    // Missing one of five needs a chance below one in a million.
    assert.deepEqual([...seen].sort(), [
      'shop-0a1b2c-1:8080',
      'shop-0a1b2c-2:8080',
      'shop-4be1c0-1:8080',
      'shop-4be1c0-2:8080',
      'shop-4be1c0-3:8080',
    ]);
  });
});

it('forwards a port, and refuses one that a stranger has', HANG, async () => {
  // Its nginx has no module for streams, so none is asked.
  const double = await startNpmDouble({ nginx: 'none' });
  await using rig = createNpmRig({ place: double, close: () => double.close() });
  const provider = rig.open();
  const stream = (incomingPort: number): RouteWish => ({
    ...forwardWish({ domains: [] }),
    target: { type: 'stream', incomingPort, host: '127.0.0.1', port: 9, tcp: true, udp: false },
  });
  const wish = stream(28_991);
  await using route = await putRoute({ provider }, { wish, traffic: null });
  assert.deepEqual([route.observed.type, route.observed.online], ['stream', true]);
  assert.deepEqual(provider.compare(wish, route.observed), []);
  const before = rig.writes();
  await provider.put({ wish, traffic: null, adopt: null }, SIGNAL);
  assert.equal(rig.writes(), before);
  const stranger = {
    ...{ incoming_port: 28_992, forwarding_host: '127.0.0.1', forwarding_port: 9 },
    ...{ tcp_forwarding: true, udp_forwarding: false },
  };
  await rig.hands.call('POST', '/nginx/streams', stranger);
  const put = { wish: { ...stream(28_992), key: 'other' }, traffic: null, adopt: null };
  await rejectsWith('RouteConflict', provider.put(put, SIGNAL));
});
