// What tests of the loop lean on: the fake proxy keeps what it was told, counts real changes alone, and fails as planned.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResolvedTraffic, RouteWish, Upstream } from '../../src/model/route.ts';
import { createFakeProxy } from '../support/fake-proxy.ts';

const { signal } = new AbortController();
const to = (host: string): Upstream => ({ scheme: 'http', host, port: 8080 });
const only = (host: string): ResolvedTraffic => ({ main: [to(host)], canary: null });
const wish = (key: string, domains = [`${key.replace('/', '-')}.example.com`]): RouteWish => ({
  key,
  unit: key,
  domains,
  tls: null,
  target: {
    type: 'forward',
    options: {
      websockets: true,
      caching: false,
      blockExploits: false,
      accessList: null,
      locations: [],
      advancedConfig: '',
    },
  },
});

describe('a fake proxy', () => {
  it('counts a put that changes something, and not the second one of the same', async () => {
    const proxy = createFakeProxy();
    for (const host of ['old', 'old', 'new'])
      await proxy.put({ wish: wish('shop/prod'), traffic: only(host), adopt: null }, signal);
    assert.equal(proxy.writes(), 2);
    assert.equal(proxy.puts().length, 3);
    assert.deepEqual(proxy.trafficOf('shop/prod'), ['new:8080']);
  });

  it('tells what a hand changed, and a put takes it back', async () => {
    const proxy = createFakeProxy();
    await proxy.put({ wish: wish('shop/prod'), traffic: only('old'), adopt: null }, signal);
    proxy.editByHand('shop/prod', { field: 'websockets', is: 'off', shall: 'on' });
    const drift = async () => {
      const { routes } = await proxy.list(signal);
      return routes.flatMap((route) => proxy.compare(wish('shop/prod'), route)).map(({ field }) => field);
    };
    assert.deepEqual(await drift(), ['websockets']);
    await proxy.put({ wish: wish('shop/prod'), traffic: only('old'), adopt: null }, signal);
    assert.deepEqual(await drift(), []);
  });

  it('gives no name twice, unless it is adopted', async () => {
    const proxy = createFakeProxy();
    const stranger = proxy.addStranger('shop-prod.example.com');
    const put = (adopt: string | null) =>
      proxy.put({ wish: wish('shop/prod'), traffic: only('old'), adopt }, signal);
    await assert.rejects(put(null), { reason: 'RouteConflict' });
    await put(stranger.id);
    assert.equal(proxy.idOf('shop/prod'), stranger.id);
    await assert.rejects(
      proxy.as('other').put({ wish: wish('shop/prod'), traffic: only('old'), adopt: null }, signal),
      { reason: 'RouteConflict' },
    );
  });

  it('fails before or after a put took hold, once', async () => {
    const proxy = createFakeProxy();
    const put = (host: string) =>
      proxy.put({ wish: wish('shop/prod'), traffic: only(host), adopt: null }, signal);
    await put('old');
    proxy.failNext('put', { moment: 'before', key: 'shop/prod' });
    await assert.rejects(put('new'), { reason: 'ProxyAway' });
    assert.deepEqual(proxy.trafficOf('shop/prod'), ['old:8080']);
    proxy.failNext('put', { moment: 'after' });
    await assert.rejects(put('new'), { reason: 'ProxyAway' });
    assert.deepEqual(proxy.trafficOf('shop/prod'), ['new:8080']);
    assert.equal(proxy.unmetFaults(), 0);
  });

  it('asks the one that gets the traffic, or the one that is previewed', async () => {
    const proxy = createFakeProxy();
    await proxy.put({ wish: wish('shop/prod'), traffic: only('old'), adopt: null }, signal);
    proxy.answer(({ host }) => (host === 'new' ? { status: 500 } : {}));
    const ask = async (preview: Upstream | null) =>
      (await proxy.ask(wish('shop/prod'), { path: '/', preview, signal, timeoutMs: 1_000 })).status;
    assert.equal(await ask(null), 200);
    assert.equal(await ask(to('new')), 500);
    const who = (preview: Upstream | null) => proxy.who(wish('shop/prod'), { preview, signal });
    assert.equal((await who(null))?.upstream, 'old:8080');
    assert.equal((await who(to('new')))?.upstream, 'new:8080');
  });
});
