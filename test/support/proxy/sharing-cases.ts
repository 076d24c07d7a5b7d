// The contract's cases of several who serve one route: replicas, and a part of the clients for a new version.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ResolvedTraffic } from '../../../src/model/route.ts';
import { type ContractWorld, HANG, oneRoute, putRoute } from '../proxy-provider-contract.ts';
import { startUpstream } from './upstreams.ts';
import { toAll } from './wishes.ts';

const SIGNAL = new AbortController().signal;
const DOMAIN = 'shop.example.test';

export function sharingCases(get: () => ContractWorld): void {
  it('shares the requests among replicas', HANG, async () => {
    const { rig, blue, green } = get();
    await using red = await startUpstream('red');
    const traffic = toAll(blue.upstream, green.upstream, red.upstream);
    await using route = await putRoute(get(), { traffic });
    assert.deepEqual(route.observed.traffic, traffic);
    const counts = await count(300, async () => (await rig.get(DOMAIN)).body);
    // Chance has less than one in a million for fewer than 60 of 300.
    for (const { name } of [blue, green, red]) assert.ok((counts.get(`${name} /`) ?? 0) > 60, show(counts));
  });

  it('gives a part of the clients to a canary, and each client stays where it was sent', HANG, async () => {
    const { rig, blue, green } = get();
    const traffic = half(blue.upstream, green.upstream);
    await using route = await putRoute(get(), { traffic });
    assert.deepEqual(route.observed.traffic, traffic);
    const clients = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const first = await rig.get(DOMAIN);
        return { body: first.body, cookie: first.cookie ?? undefined };
      }),
    );
    assert.deepEqual([...new Set(clients.map(({ body }) => body))].sort(), ['blue /', 'green /']);
    for (const { body, cookie } of clients) {
      assert.ok(cookie, 'the client got no cookie');
      for (let again = 0; again < 5; again += 1) {
        const answer = await rig.get(DOMAIN, { cookie });
        assert.equal(answer.body, body);
      }
    }
  });

  it('gives a canary its share of requests without cookies', HANG, async () => {
    const { rig, blue, green } = get();
    const traffic = { main: [blue.upstream], canary: { upstreams: [green.upstream], share: 0.1 } };
    await using _route = await putRoute(get(), { traffic });
    const counts = await count(400, async () => (await rig.get(DOMAIN)).body);
    const part = (counts.get('green /') ?? 0) / 400;
    // 40 of 400 are expected; chance leaves 10 to 90 less than once in a million.
    assert.ok(part > 0.025 && part < 0.225, show(counts));
  });

  it('keeps the clients of a canary when more are sent there, and ends it for all', HANG, async () => {
    const { rig, provider, blue, green } = get();
    await using route = await putRoute(get(), { traffic: half(blue.upstream, green.upstream, 0.25) });
    const cookies: string[] = [];
    for (let tries = 0; tries < 200 && cookies.length < 5; tries += 1) {
      const { body, cookie } = await rig.get(DOMAIN);
      if (body === 'green /' && cookie !== null) cookies.push(cookie);
    }
    assert.equal(cookies.length, 5);
    const more = half(blue.upstream, green.upstream, 0.75);
    await provider.put({ wish: route.wish, traffic: more, adopt: null }, SIGNAL);
    for (const cookie of cookies) assert.equal((await rig.get(DOMAIN, { cookie })).body, 'green /');
    await provider.put({ wish: route.wish, traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
    for (const cookie of cookies) assert.equal((await rig.get(DOMAIN, { cookie })).body, 'blue /');
    assert.deepEqual((await oneRoute(provider, route.wish)).traffic, toAll(blue.upstream));
  });

  it('asks a canary and its main version by name of both', HANG, async () => {
    const { provider, blue, green } = get();
    await using route = await putRoute(get(), { traffic: half(blue.upstream, green.upstream) });
    for (const { name, upstream } of [blue, green, blue, green]) {
      const asked = { path: '/', preview: upstream, signal: SIGNAL, timeoutMs: 5_000 };
      assert.equal((await provider.ask(route.wish, asked)).body, `${name} /`);
    }
  });
}

function half(
  main: ResolvedTraffic['main'][number],
  canary: ResolvedTraffic['main'][number],
  share = 0.5,
): ResolvedTraffic {
  return { main: [main], canary: { upstreams: [canary], share } };
}

async function count(times: number, once: () => Promise<string>): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let asked = 0; asked < times; asked += 1) {
    const body = await once();
    counts.set(body, (counts.get(body) ?? 0) + 1);
  }
  return counts;
}

function show(counts: Map<string, number>): string {
  return JSON.stringify([...counts]);
}
