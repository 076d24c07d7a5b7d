// The contract's cases of asking: through the proxy as anybody, as nobody else can, and who is behind it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type ContractWorld, HANG, putRoute } from '../proxy-provider-contract.ts';
import { forwardWish, toAll } from './wishes.ts';

const SIGNAL = new AbortController().signal;

export function previewCases(get: () => ContractWorld): void {
  it('asks what clients get', HANG, async () => {
    const { provider, blue } = get();
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    const answer = await provider.ask(route.wish, {
      path: '/health?x=1',
      preview: null,
      signal: SIGNAL,
      timeoutMs: 5_000,
    });
    assert.deepEqual([answer.status, answer.body], [200, 'blue /health?x=1']);
    assert.ok(answer.durationMs > 0);
  });

  it('asks the new version while clients get the old one, without a change of the proxy', HANG, async () => {
    const { rig, provider, blue, green } = get();
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    const before = rig.writes();
    const asked = { path: '/', preview: green.upstream, signal: SIGNAL, timeoutMs: 5_000 };
    const [answer, client] = await Promise.all([
      provider.ask(route.wish, asked),
      rig.get('shop.example.test'),
    ]);
    assert.equal(answer.body, 'green /');
    assert.equal(client.body, 'blue /');
    assert.equal(rig.writes(), before);
  });

  it('tells the application nothing by which it could choose for itself', HANG, async () => {
    const { rig, provider, blue, green } = get();
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    green.seen.length = 0;
    const asked = { path: '/', preview: green.upstream, signal: SIGNAL, timeoutMs: 5_000 };
    await provider.ask(route.wish, asked);
    const headers = green.seen.at(-1);
    assert.ok(headers);
    for (const [name, value] of Object.entries(headers)) {
      const repeated = await rig.get('shop.example.test', { cookie: headers.cookie });
      assert.equal(repeated.body, 'blue /', `${name}: ${value}`);
    }
    assert.doesNotMatch(JSON.stringify(headers), /[0-9a-f]{32}/);
  });

  it('asks the new version of a route that a hand has edited', HANG, async (t) => {
    const { rig, provider, blue, green } = get();
    const { spoil } = rig.hand;
    if (spoil === undefined) return t.diagnostic('nothing can be spoilt at a route of this proxy');
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    await spoil(route.observed.id);
    const asked = { path: '/', preview: green.upstream, signal: SIGNAL, timeoutMs: 5_000 };
    assert.equal((await provider.ask(route.wish, asked)).body, 'green /');
    assert.equal((await rig.get('shop.example.test')).body, 'blue /');
  });

  it('says who gets the requests, told by the workers themselves', HANG, async () => {
    const { provider, blue, green } = get();
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    const first = await provider.who(route.wish, { preview: null, signal: SIGNAL });
    assert.equal(first?.upstream, blue.address);
    const preview = await provider.who(route.wish, { preview: green.upstream, signal: SIGNAL });
    assert.equal(preview?.upstream, green.address);
    await provider.put({ wish: route.wish, traffic: toAll(green.upstream), adopt: null }, SIGNAL);
    const second = await provider.who(route.wish, { preview: null, signal: SIGNAL });
    assert.equal(second?.upstream, green.address);
    assert.notEqual(second?.revision, first?.revision);
  });

  it('says nobody of a name that it does not route', HANG, async () => {
    const wish = forwardWish({ domains: ['nobody.example.test'] });
    assert.equal(await get().provider.who(wish, { preview: null, signal: SIGNAL }), null);
  });
}
