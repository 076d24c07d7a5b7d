// Writes of Nginx Proxy Manager: one at a time, and what each came to is read before anything else is done.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Upstream } from '../../src/model/route.ts';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import { startAskedNpm } from '../support/npm/asked.ts';
import type { FaultKind } from '../support/npm/faults.ts';
import type { Row } from '../support/npm/rows.ts';
import { startUpstream } from '../support/proxy/upstreams.ts';
import { forwardWish, toAll } from '../support/proxy/wishes.ts';
import { HANG, rejectsWith } from '../support/proxy-provider-contract.ts';

const SIGNAL = new AbortController().signal;
const UPSTREAM: Upstream = { scheme: 'http', host: '127.0.0.1', port: 8080 };
const LIST = '/nginx/proxy-hosts';
const OTHERS = /\/nginx\/(?:redirection-hosts|dead-hosts|streams) /;

describe('a write of Nginx Proxy Manager', () => {
  it('is alone, whoever of us writes, so that a bad one beside it harms nobody', HANG, async () => {
    await using place = await startAskedNpm({ nginx: 'process' });
    const { rig, double } = place;
    await using blue = await startUpstream('blue');
    const opened = [place.provider, rig.open()];
    const puts = ['a', 'b', 'bad', 'c', 'd'].map((name, index) =>
      (opened[index % 2] ?? place.provider).put(
        {
          wish: forwardWish({
            ...{ key: name, unit: name, domains: [`${name}.example.test`] },
            ...(name === 'bad' ? { options: { advancedConfig: 'this_is_not_a_directive on;' } } : {}),
          }),
          traffic: toAll(blue.upstream),
          adopt: null,
        },
        SIGNAL,
      ),
    );
    const outcomes = (await Promise.allSettled(puts)).map(({ status }) => status);
    assert.deepEqual(outcomes, ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    const writes = double.requests.filter(({ method, path }) => method !== 'GET' && path.includes('/nginx/'));
    assert.ok(writes.length >= 6, 'five are made, and the bad one is taken away');
    const spans = writes
      .map(({ atMs, durationMs }) => ({ from: atMs - durationMs, to: atMs }))
      .sort((a, b) => a.from - b.from);
    // Ends are told in whole milliseconds.
    for (const [index, { from }] of spans.entries())
      assert.ok(
        from >= (spans[index - 1]?.to ?? 0) - 2,
        `write ${index} began before the one before it ended`,
      );
  });

  for (const kind of [
    '500-before',
    '500-after',
    '502',
    'timeout-after',
    'cut',
    'cut-after',
  ] satisfies FaultKind[])
    it(`${kind}: what came of it is read before anything else is done`, HANG, async () => {
      await using place = await startAskedNpm({
        nginx: 'process',
        limits: { readMs: 5_000, writeMs: 2_000 },
      });
      const { provider, asked, double, rig } = place;
      await using blue = await startUpstream('blue');
      await using green = await startUpstream('green');
      const isThere = kind.endsWith('after');
      const put = (upstream: Upstream): Promise<void> =>
        provider.put({ wish: forwardWish(), traffic: toAll(upstream), adopt: null }, SIGNAL);
      double.faults.next({ match: { method: 'POST', path: LIST }, kind });
      await put(blue.upstream);
      const made = asked().slice(2);
      assert.match(made[0] ?? '', /^POST \/nginx\/proxy-hosts (?:50[02]|0)$/);
      assert.deepEqual(made.slice(1), [
        `GET ${LIST} 200`,
        isThere ? `PUT ${LIST}/ID 200` : `POST ${LIST} 201`,
        `GET ${LIST}/ID 200`,
      ]);
      double.faults.next({ match: { method: 'PUT' }, kind });
      await put(green.upstream);
      const changed = asked().slice(1);
      assert.match(changed[0] ?? '', /^PUT \/nginx\/proxy-hosts\/ID (?:50[02]|0)$/);
      assert.deepEqual(changed.slice(1, 2), [`GET ${LIST}/ID 200`]);
      double.faults.next({ match: { method: 'DELETE' }, kind });
      await provider.remove(provider.idOf('shop/prod') ?? (await idOf(provider)), SIGNAL);
      const removed = asked().filter((one) => !OTHERS.test(one));
      const at = removed.findIndex((one) => one.startsWith('DELETE'));
      assert.deepEqual(removed.slice(at + 1), [
        `GET ${LIST}/ID ${isThere ? 404 : 200}`,
        ...(isThere ? [] : [`DELETE ${LIST}/ID 200`, `GET ${LIST}/ID 404`]),
      ]);
      assert.deepEqual(await rig.hands.call('GET', LIST), []);
    });

  for (const method of ['POST', 'PUT'])
    it(`is held against what was meant after a ${method}, field by field`, async () => {
      await using place = await startAskedNpm();
      const { provider, double } = place;
      const { proxyHosts } = double.world.tables;
      const put = (caching: boolean): Promise<void> =>
        provider.put(
          { wish: forwardWish({ options: { caching } }), traffic: toAll(UPSTREAM), adopt: null },
          AbortSignal.timeout(2_000),
        );
      // Without an nginx nobody serves it; it is there all the same.
      if (method === 'PUT') await assert.rejects(put(false), { name: 'TimeoutError' });
      const { push } = double.requests;
      double.requests.push = (...entries) => {
        for (const row of entries.some((entry) => entry.method === method) ? proxyHosts.all() : [])
          proxyHosts.patch(row, { caching_enabled: false, block_exploits: true });
        return push.apply(double.requests, entries);
      };
      const fault = await rejectsWith('RouteRefused', put(true));
      assert.match(fault.message, /it stores caching_enabled, block_exploits otherwise than sent/);
    });

  for (const times of [1, 2])
    it(`is held against what was meant after a DELETE that left it there ${times === 1 ? 'once' : 'twice'}`, async () => {
      await using place = await startAskedNpm({ nginx: 'process' });
      await using blue = await startUpstream('blue');
      const { provider, double, asked } = place;
      const { proxyHosts } = double.world.tables;
      await provider.put({ wish: forwardWish(), traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
      const { remove } = proxyHosts;
      let left = times;
      Object.assign(proxyHosts, { remove: (row: Row) => (left-- > 0 ? undefined : remove(row)) });
      const removed = provider.remove(await idOf(provider), SIGNAL);
      if (times === 1) await removed;
      else assert.match((await rejectsWith('ProxyAway', removed)).message, /is gone, and has it/);
      assert.equal(asked().filter((one) => one === `DELETE ${LIST}/ID 200`).length, 2);
      assert.equal(proxyHosts.all().length, times - 1);
    });

  /** What nginx says where a stranger's bad change is in flight beside ours: it names a file that is not ours. */
  const blamed = {
    nginx_online: false,
    nginx_err: 'nginx: [emerg] 1#1: unknown directive "x" in /data/nginx/proxy_host/99.conf:37',
  };
  for (const times of [1, 2])
    it(
      `that another's bad change took offline ${times === 1 ? 'is done again, alone' : 'twice waits'}`,
      HANG,
      async () => {
        await using place = await startAskedNpm({ nginx: 'process' });
        await using blue = await startUpstream('blue');
        const { provider, double, asked } = place;
        const { proxyHosts } = double.world.tables;
        const { push } = double.requests;
        let left = times;
        double.requests.push = (...entries) => {
          const isOurs = entries.some(({ method, path }) => method !== 'GET' && path.includes(LIST));
          if (isOurs && left-- > 0)
            for (const row of proxyHosts.all()) row.meta = { ...(row.meta as object), ...blamed };
          return push.apply(double.requests, entries);
        };
        const put = provider.put({ wish: forwardWish(), traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
        if (times === 1) await put;
        else await rejectsWith('ProxyBusy', put);
        assert.deepEqual(
          asked().filter((one) => !one.startsWith('GET') && !one.includes('/tokens')),
          [`POST ${LIST} 201`, `PUT ${LIST}/ID 200`],
        );
      },
    );

  it('leaves one host of a route, where a start before this one may have left more', HANG, async () => {
    await using place = await startAskedNpm({ nginx: 'process' });
    await using blue = await startUpstream('blue');
    const { provider, double, rig } = place;
    const put = (): Promise<void> =>
      provider.put({ wish: forwardWish(), traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
    await put();
    const [row] = double.world.tables.proxyHosts.all();
    assert.ok(row);
    const { forward_scheme, forward_host, forward_port, meta } = row;
    const { nginx_online, nginx_err, ...mark } = meta as Record<string, unknown>;
    const upstream = { forward_scheme, forward_host, forward_port };
    await rig.hands.call('POST', LIST, { domain_names: ['old.example.test'], ...upstream, meta: mark });
    assert.equal((await provider.list(SIGNAL)).routes.length, 2);
    await put();
    assert.deepEqual(
      double.world.tables.proxyHosts.all().map(({ id }) => id),
      [row.id],
    );
  });
});

async function idOf(provider: ProxyProvider): Promise<string> {
  return (await provider.list(SIGNAL)).routes[0]?.id ?? '';
}
