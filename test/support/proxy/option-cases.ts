// The contract's cases of what a wish can say beside who gets the traffic, and of what no proxy may take.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ForwardOptions, RouteTarget, RouteWish } from '../../../src/model/route.ts';
import {
  type ContractWorld,
  HANG,
  oneRoute,
  putRoute,
  rejectsWith,
  testRoutes,
} from '../proxy-provider-contract.ts';
import { forwardWish, toAll } from './wishes.ts';

const SIGNAL = new AbortController().signal;
const DOMAIN = 'shop.example.test';

const OPTIONS: Readonly<Record<string, Partial<ForwardOptions>>> = {
  websockets: { websockets: true },
  caching: { caching: true },
  'blocking of exploits': { blockExploits: true },
  'all of them': { websockets: true, caching: true, blockExploits: true },
};

const TARGETS: readonly RouteTarget[] = [
  {
    type: 'redirect',
    scheme: 'https',
    domain: 'new.example.test',
    code: 308,
    preservePath: true,
    blockExploits: false,
  },
  {
    type: 'redirect',
    scheme: 'http',
    domain: 'new.example.test',
    code: 302,
    preservePath: false,
    blockExploits: true,
  },
  { type: 'not_found' },
];

/** Texts that would end a statement, a block, a string or a line in the languages of proxies. */
const BREAKING = [
  'a;b',
  'a{b',
  'a}b',
  'a\nb',
  'a\rb',
  'a"b',
  "a'b",
  'a$b',
  'a b',
  'a\\b',
  'a\u0000b',
  'a#b',
  '$(id)',
  '`id`',
  '${x}',
  '{env.HOME}',
];

export function optionCases(get: () => ContractWorld): void {
  for (const [name, options] of Object.entries(OPTIONS))
    it(`has nothing to say after a put with ${name}`, HANG, async () => {
      const { blue, provider, rig } = get();
      const wish = forwardWish({ options });
      if (provider.refuses(wish) !== null) return;
      await using route = await putRoute(get(), { wish, traffic: toAll(blue.upstream) });
      assert.deepEqual(provider.compare(wish, route.observed), []);
      assert.notDeepEqual(provider.compare(forwardWish(), route.observed), []);
      assert.equal((await rig.get(DOMAIN)).body, 'blue /');
      await provider.put({ wish: forwardWish(), traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
      assert.deepEqual(provider.compare(forwardWish(), await oneRoute(provider, wish)), []);
    });

  it('sends a location below the route elsewhere', HANG, async () => {
    const { blue, green, provider, rig } = get();
    const location = { path: '/api/', upstream: green.upstream, forwardPath: null, advancedConfig: '' };
    const wish = forwardWish({ options: { locations: [location] } });
    if (provider.refuses(wish) !== null) return;
    await using route = await putRoute(get(), { wish, traffic: toAll(blue.upstream) });
    assert.deepEqual(provider.compare(wish, route.observed), []);
    assert.equal((await rig.get(DOMAIN, { path: '/api/x' })).body, 'green /api/x');
    assert.equal((await rig.get(DOMAIN, { path: '/' })).body, 'blue /');
  });

  for (const target of TARGETS)
    it(`answers ${JSON.stringify(target)} itself`, HANG, async () => {
      const { provider, rig } = get();
      const wish: RouteWish = { ...forwardWish(), target };
      if (provider.refuses(wish) !== null) return;
      await using route = await putRoute(get(), { wish, traffic: null });
      assert.equal(route.observed.type, target.type);
      assert.deepEqual(provider.compare(wish, route.observed), []);
      const answer = await rig.get(DOMAIN, { path: '/deep?x=1' });
      assert.equal(answer.status, target.type === 'redirect' ? target.code : 404);
      if (target.type !== 'redirect') return;
      const path = target.preservePath ? '/deep?x=1' : '/';
      assert.equal(new URL(answer.headers.location ?? '').href, `${target.scheme}://new.example.test${path}`);
    });

  it('changes a route into a redirect and back', HANG, async () => {
    const { blue, provider, rig } = get();
    const target = TARGETS[0];
    assert.ok(target);
    const redirect: RouteWish = { ...forwardWish(), target };
    if (provider.refuses(redirect) !== null) return;
    await using _forward = await putRoute(get(), { traffic: toAll(blue.upstream) });
    await using _redirect = await putRoute(get(), { wish: redirect, traffic: null });
    assert.equal((await rig.get(DOMAIN)).status, 308);
    await using _back = await putRoute(get(), { traffic: toAll(blue.upstream) });
    assert.equal((await rig.get(DOMAIN)).body, 'blue /');
  });

  it('keeps what served when the proxy does not take what is new', HANG, async () => {
    const { blue, green, provider, rig } = get();
    if (rig.configRefusedByProxy === null) return;
    const bad = forwardWish({ options: { advancedConfig: rig.configRefusedByProxy } });
    assert.equal(provider.refuses(bad), null);
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    const put = { wish: bad, traffic: toAll(green.upstream), adopt: null };
    await rejectsWith('RouteRefused', provider.put(put, SIGNAL));
    assert.equal((await rig.get(DOMAIN)).body, 'blue /');
    assert.deepEqual((await oneRoute(provider, route.wish)).traffic, toAll(blue.upstream));
    const other = {
      ...put,
      wish: { ...bad, key: 'new', unit: 'new', domains: ['new.example.test'] },
    };
    await rejectsWith('RouteRefused', provider.put(other, SIGNAL));
    assert.equal((await testRoutes(provider)).length, 1);
  });

  it('refuses every text that would break out of its configuration', () => {
    const { provider, blue } = get();
    for (const text of BREAKING)
      for (const wish of wishesWith(text)) {
        const why = provider.refuses(wish);
        assert.ok(why?.endsWith('.'), `${JSON.stringify(wish)} is not refused`);
        assert.doesNotMatch(why ?? '', /\p{Cc}/u);
      }
    assert.equal(provider.refuses(forwardWish()), null);
    assert.ok(blue.upstream.port > 0);
  });

  it('refuses upstreams that would break out of its configuration', HANG, async () => {
    const { provider, blue } = get();
    for (const text of BREAKING) {
      const traffic = toAll({ ...blue.upstream, host: text });
      await rejectsWith('RouteRefused', provider.put({ wish: forwardWish(), traffic, adopt: null }, SIGNAL));
    }
    assert.deepEqual(await testRoutes(provider), []);
  });
}

function wishesWith(text: string): RouteWish[] {
  const upstream = { scheme: 'http' as const, host: 'web', port: 80 };
  const location = { path: '/x', upstream, forwardPath: null, advancedConfig: '' };
  const locations = [
    { ...location, path: `/${text}` },
    { ...location, forwardPath: `/${text}` },
    { ...location, upstream: { ...upstream, host: text } },
  ];
  return [
    forwardWish({ domains: [`${text}.example.test`] }),
    forwardWish({ domains: [`example.${text}`] }),
    ...locations.map((one) => forwardWish({ options: { locations: [one] } })),
    {
      ...forwardWish(),
      target: {
        type: 'redirect',
        scheme: 'https',
        domain: text,
        code: 301,
        preservePath: true,
        blockExploits: false,
      },
    },
    {
      ...forwardWish(),
      domains: [],
      target: { type: 'stream', incomingPort: 9_000, host: text, port: 80, tcp: true, udp: false },
    },
  ];
}
