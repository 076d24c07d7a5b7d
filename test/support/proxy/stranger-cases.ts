// The contract's cases of others: strangers, other controllers, and hands that edit what is ours.
import assert from 'node:assert/strict';
import { it } from 'node:test';
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

export function strangerCases(get: () => ContractWorld): void {
  it('never takes a name that a stranger has, and says which route has it', HANG, async () => {
    const { rig, provider, blue, green } = get();
    const id = await rig.hand.addRoute(DOMAIN, blue.upstream);
    try {
      const put = { wish: forwardWish(), traffic: toAll(green.upstream), adopt: null };
      const fault = await rejectsWith('RouteConflict', provider.put(put, SIGNAL));
      assert.match(fault.message, new RegExp(id));
      await rejectsWith('RouteConflict', provider.put({ ...put, adopt: `${id}9` }, SIGNAL));
      const routes = await testRoutes(provider);
      assert.deepEqual(
        routes.map(({ id, owner, traffic }) => ({ id, owner, traffic })),
        [{ id, owner: null, traffic: toAll(blue.upstream) }],
      );
      assert.equal((await rig.get(DOMAIN)).body, 'blue /');
      await rejectsWith('RouteConflict', provider.remove(id, SIGNAL));
      assert.equal((await rig.get(DOMAIN)).body, 'blue /');
    } finally {
      await rig.hand.remove(id);
    }
  });

  it("takes a stranger's route over when told so, and it is the only one of that name", HANG, async () => {
    const { rig, blue, green, provider } = get();
    const id = await rig.hand.addRoute(DOMAIN, blue.upstream);
    await using route = await putRoute(get(), { traffic: toAll(green.upstream), adopt: id });
    assert.equal((await testRoutes(provider)).length, 1);
    if (rig.adoption === 'keeps') assert.equal(route.observed.id, id);
    assert.deepEqual(provider.compare(route.wish, route.observed), []);
    assert.equal((await rig.get(DOMAIN)).body, 'green /');
  });

  it("leaves another controller's routes alone", HANG, async () => {
    const { rig, blue, green } = get();
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    const other = rig.open({ controller: 'other' });
    const seen = (await other.list(SIGNAL)).routes.find(({ id }) => id === route.observed.id);
    assert.equal(seen?.owner, null);
    const put = { wish: route.wish, traffic: toAll(green.upstream), adopt: null };
    await rejectsWith('RouteConflict', other.put(put, SIGNAL));
    await rejectsWith('RouteConflict', other.remove(route.observed.id, SIGNAL));
    assert.equal((await rig.get(DOMAIN)).body, 'blue /');
  });

  it('sees who gets the traffic when a hand has changed it, and changes it back', HANG, async () => {
    const { rig, blue, green, provider } = get();
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    await rig.hand.sendTo(route.observed.id, green.upstream);
    assert.deepEqual((await oneRoute(provider, route.wish)).traffic, toAll(green.upstream));
    await provider.put({ wish: route.wish, traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
    assert.equal((await rig.get(DOMAIN)).body, 'blue /');
    assert.deepEqual(provider.compare(route.wish, await oneRoute(provider, route.wish)), []);
  });

  it('names what a hand has changed, and changes it back', HANG, async () => {
    const { rig, blue, provider } = get();
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    await rig.hand.changeOption(route.observed.id);
    const drifts = provider.compare(route.wish, await oneRoute(provider, route.wish));
    assert.ok(drifts.length > 0);
    for (const { field, is, shall } of drifts) {
      assert.ok(field !== '' && is !== shall, JSON.stringify(drifts));
      assert.doesNotMatch(is + shall, /\n|[0-9a-f]{32}/);
    }
    await provider.put({ wish: route.wish, traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
    assert.deepEqual(provider.compare(route.wish, await oneRoute(provider, route.wish)), []);
  });

  it('brings back a route that a hand has disabled', HANG, async (t) => {
    const { rig, blue, provider } = get();
    const { disable } = rig.hand;
    if (disable === null) return t.diagnostic('a route of this proxy cannot be disabled');
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    await disable(route.observed.id);
    const disabled = await oneRoute(provider, route.wish);
    assert.equal(disabled.enabled, false);
    assert.notDeepEqual(provider.compare(route.wish, disabled), []);
    await provider.put({ wish: route.wish, traffic: toAll(blue.upstream), adopt: null }, SIGNAL);
    assert.equal((await rig.get(DOMAIN)).body, 'blue /');
    assert.deepEqual(provider.compare(route.wish, await oneRoute(provider, route.wish)), []);
  });

  it('makes a route again that a hand has removed', HANG, async () => {
    const { rig, blue, provider } = get();
    await using route = await putRoute(get(), { traffic: toAll(blue.upstream) });
    await rig.hand.remove(route.observed.id);
    assert.deepEqual(await testRoutes(provider), []);
    await using _again = await putRoute(get(), { traffic: toAll(blue.upstream) });
    assert.equal((await rig.get(DOMAIN)).body, 'blue /');
  });
}
