// What every proxy provider must do, whatever it drives: run for each of them on the real thing, or the nearest to it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isFault } from '../../src/model/errors.ts';
import type { ObservedRoute, ResolvedTraffic, RouteWish } from '../../src/model/route.ts';
import type { ProxyProvider } from '../../src/ports/proxy-provider.ts';
import { optionCases } from './proxy/option-cases.ts';
import { previewCases } from './proxy/preview-cases.ts';
import type { ProxyRig } from './proxy/rig.ts';
import { sharingCases } from './proxy/sharing-cases.ts';
import { strangerCases } from './proxy/stranger-cases.ts';
import { startUpstream, type TestUpstream } from './proxy/upstreams.ts';
import { forwardWish, toAll } from './proxy/wishes.ts';

/** What each case works with; upstreams are the same for all. */
export interface ContractWorld {
  rig: ProxyRig;
  provider: ProxyProvider;
  blue: TestUpstream;
  green: TestUpstream;
}

const SIGNAL = new AbortController().signal;
/** For hangs only. */
export const HANG = { timeout: 120_000 };

/** `startRig` may take its time; what it made is taken away at the end. Routes are left by no case. */
export function proxyProviderContract(name: string, startRig: () => Promise<ProxyRig>): void {
  describe(`proxy contract: ${name}`, () => {
    let world: ContractWorld | null = null;
    const get = (): ContractWorld => {
      if (world === null) throw new Error('The proxy of the contract is not there.');
      return world;
    };
    before(async () => {
      const rig = await startRig();
      const [blue, green] = await Promise.all([startUpstream('blue'), startUpstream('green')]);
      world = { rig, provider: rig.open(), blue, green };
    });
    after(async () => {
      await world?.blue[Symbol.asyncDispose]();
      await world?.green[Symbol.asyncDispose]();
      await world?.rig[Symbol.asyncDispose]();
    });

    routeCases(get);
    previewCases(get);
    sharingCases(get);
    strangerCases(get);
    optionCases(get);
  });
}

function routeCases(get: () => ContractWorld): void {
  it('makes a route that clients are served by, and lists it as ours', HANG, async () => {
    const { rig, provider, blue } = get();
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    assert.equal((await rig.get('shop.example.test')).body, 'blue /');
    const { observed } = route;
    assert.deepEqual(observed.owner, { controller: 'test', unit: 'shop/prod', key: 'shop/prod' });
    assert.deepEqual(observed.traffic, toAll(blue.upstream));
    assert.deepEqual([observed.type, observed.enabled, observed.online], ['forward', true, true]);
    assert.deepEqual(observed.domains, ['shop.example.test']);
    assert.deepEqual(provider.compare(route.wish, observed), []);
    assert.equal(provider.idOf('shop/prod'), observed.id);
  });

  it('sends clients to the other version once it says that it has changed', HANG, async () => {
    const { rig, blue, green, provider } = get();
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    for (const to of [green, blue, green]) {
      await provider.put({ wish: route.wish, traffic: toAll(to.upstream), adopt: null }, SIGNAL);
      for (let asked = 0; asked < 10; asked += 1)
        assert.equal((await rig.get('shop.example.test')).body, `${to.name} /`);
    }
    assert.deepEqual((await oneRoute(provider, route.wish)).traffic, toAll(green.upstream));
  });

  it('writes nothing when all is as wished', HANG, async () => {
    const { rig, blue, provider } = get();
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    const before = rig.writes();
    await provider.put({ wish: route.wish, traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
    assert.equal(rig.writes(), before);
  });

  it('keeps its id through changes, also for a start after this one', HANG, async () => {
    const { rig, blue, green } = get();
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    const later = rig.open();
    await later.put({ wish: route.wish, traffic: toAll(green.upstream), adopt: null }, SIGNAL);
    assert.equal((await oneRoute(later, route.wish)).id, route.observed.id);
  });

  it('removes a route, and has no complaint when it is gone', HANG, async () => {
    const { rig, blue, provider } = get();
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    await provider.remove(route.observed.id, SIGNAL);
    await provider.remove(route.observed.id, SIGNAL);
    assert.deepEqual(await testRoutes(provider), []);
    await eventually(async () => (await rig.get('shop.example.test')).body !== 'blue /');
  });

  it('serves several names, and lets one go', HANG, async () => {
    const { rig, blue, provider } = get();
    const domains = ['shop.example.test', 'www.shop.example.test'];
    await using route = await putRoute(get(), {
      wish: forwardWish({ domains }),
      traffic: toAll(blue.upstream),
    });
    assert.equal((await rig.get('www.shop.example.test')).body, 'blue /');
    const fewer = forwardWish();
    assert.notDeepEqual(provider.compare(fewer, route.observed), []);
    await provider.put({ wish: fewer, traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
    await eventually(async () => (await rig.get('www.shop.example.test')).body !== 'blue /');
    assert.equal((await rig.get('shop.example.test')).body, 'blue /');
  });

  it('says in findings that all is well', HANG, async () => {
    const findings = await get().provider.check(SIGNAL);
    assert.ok(findings.length > 0);
    assert.deepEqual(
      findings.filter(({ ok }) => !ok),
      [],
    );
  });
}

/** Puts a route and takes it away at the end of the block, whatever became of it. */
export async function putRoute(
  { provider }: Pick<ContractWorld, 'provider'>,
  {
    wish = forwardWish(),
    traffic,
    adopt = null,
  }: { wish?: RouteWish; traffic: ResolvedTraffic | null; adopt?: string | null },
): Promise<{ wish: RouteWish; observed: ObservedRoute } & AsyncDisposable> {
  await provider.put({ wish, traffic, adopt }, SIGNAL);
  const observed = await oneRoute(provider, wish);
  return {
    wish,
    observed,
    [Symbol.asyncDispose]: () => provider.remove(observed.id, SIGNAL),
  };
}

/** All under the names of tests: a real proxy may have others. */
export async function testRoutes(provider: ProxyProvider): Promise<ObservedRoute[]> {
  const isOfTests = (name: string): boolean => name.endsWith('example.test') || name.endsWith('.invalid');
  return (await provider.list(SIGNAL)).routes.filter(({ domains }) => domains.some(isOfTests));
}

/** The one route of a wish; fails where there is none, or more than one. */
export async function oneRoute(provider: ProxyProvider, wish: RouteWish): Promise<ObservedRoute> {
  const found = (await provider.list(SIGNAL)).routes.filter(({ owner }) => owner?.key === wish.key);
  assert.equal(found.length, 1, `${found.length} routes of ${wish.key}`);
  return found[0] as ObservedRoute;
}

/** For what another program does in its own time. */
export async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  const endsMs = performance.now() + 20_000;
  while (!(await isSo())) {
    assert.ok(performance.now() < endsMs, 'it did not become so');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Rejects with a fault of this reason; its text has no secret of a route and is one line. */
export async function rejectsWith(reason: string, promise: Promise<unknown>): Promise<Error> {
  let thrown: unknown = null;
  await promise.catch((error: unknown) => {
    thrown = error;
  });
  assert.ok(isFault(thrown), `no fault, but ${String(thrown)}`);
  assert.equal(thrown.reason, reason, thrown.message);
  assert.doesNotMatch(`${thrown.message}${thrown.hint}`, /\n|[0-9a-f]{32}/);
  return thrown;
}
