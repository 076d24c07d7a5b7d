// What a real Caddy does with routes of ours beside what every proxy does: TLS, neighbours, restarts, and hostile texts.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RouteWish, TlsWish } from '../../src/model/route.ts';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import { getByName } from '../support/proxy/get.ts';
import { startUpstream, type TestUpstream } from '../support/proxy/upstreams.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';
import { openCaddy, type RealCaddy, startCaddy } from '../support/real/caddy.ts';

const { signal } = new AbortController();
const TLS: TlsWish = {
  certificate: { type: 'auto' },
  force: true,
  http2: true,
  hsts: true,
  hstsSubdomains: true,
};
const CANARY = 'canary-of-the-environment';

describe('Caddy', () => {
  let caddy: RealCaddy;
  let proxy: ProxyProvider;
  let blue: TestUpstream;
  let green: TestUpstream;
  before(async () => {
    caddy = await startCaddy({ environment: { SECRET_CANARY: CANARY } });
    proxy = openCaddy(caddy);
    [blue, green] = [await startUpstream('blue'), await startUpstream('green')];
  });
  after(async () => {
    await blue?.[Symbol.asyncDispose]();
    await green?.[Symbol.asyncDispose]();
    await caddy?.stop();
  });
  const put = (wish: RouteWish, to = blue): Promise<void> =>
    proxy.put({ wish, traffic: toAll(to.upstream), adopt: null }, signal);
  const drop = async (wish: RouteWish): Promise<void> => proxy.remove(proxy.idOf(wish.key) ?? '', signal);
  const get = (domain: string, path = '/') => getByName(caddy.config.traffic.http, { domain, path });
  const ask = (wish: RouteWish) => proxy.ask(wish, { path: '/', preview: null, signal, timeoutMs: 5_000 });

  it('serves a name of this machine by TLS with its own authority, and sends plain requests there', async () => {
    const wish = forwardWish({ domains: ['shop.localhost'], tls: TLS });
    await put(wish);
    const answer = await ask(wish);
    assert.deepEqual([answer.status, answer.body], [200, 'blue /']);
    assert.match(answer.headers['strict-transport-security'] ?? '', /^max-age=\d{8}; includeSubDomains$/);
    const { port } = new URL(caddy.config.traffic.https);
    const byPort = await getByName(caddy.config.traffic.http, {
      domain: 'shop.localhost:8080',
      path: '/a?b=c',
    });
    assert.deepEqual([byPort.status, byPort.headers.location], [308, `https://shop.localhost:${port}/a?b=c`]);
    const { routes } = await proxy.list(signal);
    assert.deepEqual(
      routes.map((route) => [route.tls, proxy.compare(wish, route)]),
      [[true, []]],
    );
    // Without TLS again: the twin goes, and clients are served where they come in.
    await put({ ...wish, tls: null });
    assert.equal((await get('shop.localhost')).body, 'blue /');
    assert.deepEqual(
      (await proxy.list(signal)).routes.map(({ tls }) => tls),
      [false],
    );
    await drop(wish);
  });

  it('knows its routes by the name that the controller had before, writes none of them, and renames with a change', async () => {
    const wish = forwardWish({ domains: ['former.localhost'], tls: TLS });
    await put(wish);
    const renamed = openCaddy(caddy, 'renamed', 'default');
    const { routes } = await renamed.list(signal);
    assert.deepEqual(
      routes.map((route) => [route.owner?.controller, route.owner?.key, renamed.compare(wish, route)]),
      [['renamed', wish.key, []]],
    );
    assert.notEqual(await renamed.who(wish, { preview: null, signal }), null);
    await renamed.put({ wish, traffic: toAll(green.upstream), adopt: null }, signal);
    const after = (await renamed.list(signal)).routes;
    assert.deepEqual(
      after.map(({ id, tls }) => [id.startsWith('tinyforge-renamed-'), tls]),
      [[true, true]],
    );
    assert.equal(
      (await renamed.ask(wish, { path: '/', preview: null, signal, timeoutMs: 5_000 })).body,
      'green /',
    );
    assert.equal((await proxy.list(signal)).routes[0]?.owner, null, 'to the former name it is a stranger’s');
    await renamed.remove(renamed.idOf(wish.key) ?? '', signal);
  });

  it('leaves servers and routes of others as they were', async () => {
    const theirs = {
      listen: ['127.0.0.1:0'],
      automatic_https: { disable: true },
      routes: [
        { match: [{ host: ['theirs.example.test'] }], handle: [{ handler: 'static_response', body: 'x' }] },
      ],
    };
    await caddy.api('PUT', '/config/apps/http/servers/srv0', theirs);
    await put(forwardWish());
    await put(forwardWish(), green);
    await drop(forwardWish());
    assert.deepEqual(await caddy.api('GET', '/config/apps/http/servers/srv0'), theirs);
    const strangers = (await proxy.list(signal)).routes;
    assert.deepEqual(
      strangers.map(({ id, owner, domains }) => [id, owner, domains]),
      [['srv0/0', null, ['theirs.example.test']]],
    );
    await caddy.api('DELETE', '/config/apps/http/servers/srv0');
  });

  it('never takes over a route that has more names than were asked for', async () => {
    const theirs = { match: [{ host: ['shop.example.test', 'more.example.test'] }], handle: [] };
    await caddy.api('PUT', '/config/apps/http/servers/tinyforge/routes/0', { ...theirs, '@id': 'theirs' });
    const adopting = proxy.put(
      { wish: forwardWish(), traffic: toAll(blue.upstream), adopt: 'theirs' },
      signal,
    );
    await assert.rejects(adopting, { reason: 'RouteRefused', message: /more\.example\.test/ });
    await caddy.api('DELETE', '/id/theirs');
  });

  it('matches an exact name before a wildcard, whichever came first', async () => {
    const exact = forwardWish({ key: 'exact', domains: ['a.wild.test'] });
    const wild = forwardWish({ key: 'wild', domains: ['*.wild.test'] });
    for (const order of [
      [exact, wild],
      [wild, exact],
    ]) {
      for (const wish of order) await put(wish, wish === exact ? blue : green);
      assert.equal((await get('a.wild.test')).body, 'blue /');
      assert.equal((await get('b.wild.test')).body, 'green /');
      assert.equal((await get('c.other.test')).status, 404);
      for (const wish of order) await drop(wish);
    }
  });

  it('has all routes again after a start without any', async () => {
    await put(forwardWish());
    await caddy.restart();
    assert.deepEqual((await proxy.list(signal)).routes, []);
    await put(forwardWish());
    assert.equal((await get('shop.example.test')).body, 'blue /');
    await drop(forwardWish());
  });

  it('does not wait for a dead upstream when another one lives', async () => {
    const dead = await startUpstream('dead');
    await dead[Symbol.asyncDispose]();
    const traffic = toAll(dead.upstream, blue.upstream);
    await proxy.put({ wish: forwardWish(), traffic, adopt: null }, signal);
    for (let asked = 0; asked < 6; asked++) assert.equal((await get('shop.example.test')).body, 'blue /');
    await drop(forwardWish());
  });

  it('expands nothing of what a repository wrote: no variable and no file is ever read', async () => {
    const hostile = '{env.SECRET_CANARY}{file./etc/hostname}{system.hostname}';
    const wish = { ...forwardWish(), unit: hostile, key: hostile };
    await put(wish);
    const { routes } = await proxy.list(signal);
    assert.equal(routes[0]?.owner?.unit, hostile);
    const told = await proxy.who(wish, { preview: null, signal });
    const preview = { scheme: 'http' as const, host: '{env.SECRET_CANARY}', port: 80 };
    const previewed = await proxy.ask(wish, { path: '/', preview, signal, timeoutMs: 5_000 });
    const answers = [told, previewed, await ask(wish), await get('shop.example.test', `/${hostile}`)];
    assert.doesNotMatch(JSON.stringify([answers, blue.seen]), new RegExp(CANARY));
    assert.equal(previewed.status, 502);
    await drop(wish);
    for (const domains of [[`${hostile}.test`], ['{env.SECRET_CANARY}']])
      assert.match(proxy.refuses(forwardWish({ domains })) ?? '', /no name/);
    assert.doesNotMatch(JSON.stringify(await caddy.api('GET', '/config/')), /SECRET_CANARY/);
  });
});
