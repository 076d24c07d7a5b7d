// A routed project through the whole loop over a fake engine and a fake proxy: followed, proven, put right, left to people.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeProxy, type FakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';

const shop = (tag: string, more = '') => `kind: project
name: shop
image: example/shop
tag: ${tag}
port: 8080
domains: [shop.example.com]
healthcheck: { http: /healthz, interval: 100ms, retries: 2 }
${more}`;

interface House {
  rig: LoopRig;
  proxy: FakeProxy;
  write(text: string): Promise<void>;
}

async function createHouse(): Promise<House> {
  const proxy = createFakeProxy();
  const rig = createLoopRig({ proxy });
  await rig.engine.runtime().ensureNetwork('proxy', {});
  for (const tag of ['v1', 'v2']) rig.engine.addImage(`example/shop:${tag}`);
  return {
    rig,
    proxy,
    async write(text) {
      rig.files.set('shop.yaml', text);
      await rig.settle();
    },
  };
}

/** The generations that run, by the stem of their containers' names. */
function running({ rig }: House): string[] {
  const up = rig.containers().filter((entry) => entry.endsWith(' running'));
  return [...new Set(up.map((entry) => entry.replace(/-\d+ running$/, '')))];
}

describe('a routed project', () => {
  it('is routed once it is healthy, and then nothing is written', async () => {
    const house = await createHouse();
    await house.write(shop('v1'));
    assert.equal(house.rig.status('shop').outcome, 'converged', house.rig.status('shop').sentence);
    assert.deepEqual(
      house.proxy.trafficOf('shop'),
      running(house).map((name) => `${name}:8080`),
    );
    house.proxy.forget();
    await house.rig.settle();
    assert.equal(house.proxy.writes(), 0);
  });

  it('is switched by one write when the new one answered through the proxy, and the deploy says what was seen', async () => {
    const house = await createHouse();
    await house.write(shop('v1'));
    const [old] = running(house);
    house.proxy.forget();
    await house.write(shop('v2'));
    const [fresh, ...others] = running(house);
    assert.deepEqual(others, []);
    assert.notEqual(fresh, old);
    assert.deepEqual(house.proxy.trafficOf('shop'), [`${fresh}:8080`]);
    assert.equal(house.proxy.puts().length, 1);
    const [deploy] = house.rig.store.deploys('shop', { limit: 1 });
    assert.equal(deploy?.status, 'success');
    assert.ok((deploy?.proof?.requests ?? 0) > 0, 'nobody asked during the switch');
    assert.equal(deploy?.proof?.failed, 0);
  });

  it('is proven, healthy and drained anew each time that it comes back: nothing of its life before counts', async () => {
    const house = await createHouse();
    let previewed = new Set<string>();
    house.proxy.answer((upstream) => {
      if (upstream !== null) previewed.add(upstream.host);
      return { status: 200, body: '' };
    });
    await house.write(shop('v1'));
    for (const tag of ['v2', 'v1', 'v2', 'v1']) {
      previewed = new Set();
      await house.write(shop(tag));
      const status = house.rig.status('shop');
      assert.deepEqual([status.outcome, status.runs], ['converged', tag], status.sentence);
      const [deploy] = house.rig.store.deploys('shop', { limit: 1 });
      const steps = new Set(deploy?.steps.map(({ name }) => name));
      for (const step of ['Start', 'Health', 'Switch', 'Drain'])
        assert.ok(steps.has(step), `${tag} came without ${step}`);
      const [fresh = '?'] = running(house);
      assert.ok(
        [...previewed].some((host) => host.startsWith(fresh)),
        `${tag} was not asked before its switch`,
      );
    }
  });

  it('stays with the old version where the new one fails through the proxy, and says why', async () => {
    const house = await createHouse();
    await house.write(shop('v1'));
    const [old = '?'] = running(house);
    house.proxy.answer((upstream) =>
      upstream?.host.startsWith(old) ? { status: 200, body: '' } : { status: 500, body: 'no such table' },
    );
    house.proxy.forget();
    await house.write(shop('v2'));
    assert.deepEqual(running(house), [old]);
    assert.deepEqual(house.proxy.trafficOf('shop'), [`${old}:8080`]);
    assert.equal(house.proxy.writes(), 0);
    const status = house.rig.status('shop');
    assert.deepEqual([status.outcome, status.reason], ['rolled-back', 'NotProven'], status.sentence);
    assert.match(status.sentence, /GET \/healthz through the proxy \(shop\.example\.com\) with 500/);
  });

  it('is put right after a hand edit, and a route that is gone is made again', async () => {
    const house = await createHouse();
    await house.write(shop('v1'));
    const leads = running(house).map((name) => `${name}:8080`);
    house.proxy.editByHand('shop', { field: 'websockets', is: 'off', shall: 'on' });
    await house.rig.settle();
    assert.equal(house.proxy.route('shop').edits.length, 0);
    house.proxy.sendByHand('shop', { main: [{ scheme: 'http', host: 'elsewhere', port: 1 }], canary: null });
    await house.rig.settle();
    assert.deepEqual(house.proxy.trafficOf('shop'), leads);
    house.proxy.removeByHand('shop');
    await house.rig.settle();
    assert.deepEqual(house.proxy.trafficOf('shop'), leads);
    const told = house.rig.store.events({ limit: 20 }).map(({ message }) => message);
    assert.match(
      told.join('\n'),
      /changed by hand: websockets of shop\.example\.com is off instead of on; put right/,
    );
  });

  it('takes nobody else’s name, says whose it is, and takes it over when that is asked for', async () => {
    const house = await createHouse();
    const stranger = house.proxy.addStranger('shop.example.com');
    await house.write(shop('v1'));
    const status = house.rig.status('shop');
    assert.deepEqual([status.outcome, status.reason], ['held', 'RouteConflict'], status.sentence);
    assert.equal(running(house).length, 1, 'it runs, though it is not routed');
    assert.equal(house.proxy.state.routes.get(stranger.id)?.owner, null);
    await house.write(shop('v1', 'adopt: true\n'));
    assert.equal(house.rig.status('shop').outcome, 'converged', house.rig.status('shop').sentence);
    assert.equal(house.proxy.state.routes.size, 1);
  });

  it('waits with a switch while the proxy is away, and is healed all the same', async () => {
    const house = await createHouse();
    await house.write(shop('v1'));
    const [old = '?'] = running(house);
    house.proxy.goAway();
    await house.write(shop('v2'));
    assert.deepEqual(running(house), [old]);
    const status = house.rig.status('shop');
    assert.deepEqual([status.outcome, status.reason], ['waiting', 'ProxyAway'], status.sentence);
    house.rig.engine.stopByHand(`${old}-1`);
    await house.rig.settle();
    assert.deepEqual(running(house), [old], 'what ran is started again');
    house.proxy.comeBack();
    await house.rig.settle();
    assert.equal(house.rig.status('shop').outcome, 'converged', house.rig.status('shop').sentence);
    assert.notDeepEqual(running(house), [old]);
    assert.deepEqual(
      house.proxy.trafficOf('shop'),
      running(house).map((name) => `${name}:8080`),
    );
  });

  it('is not called well while the proxy says that nobody is there', async () => {
    const house = await createHouse();
    await house.write(shop('v1'));
    house.proxy.answer(() => ({ status: 502, body: 'Bad Gateway' }));
    for (let looks = 0; looks < 3; looks++) {
      house.rig.clock.advance(60_000);
      await house.rig.settle();
    }
    const status = house.rig.status('shop');
    assert.deepEqual([status.outcome, status.reason], ['degraded', 'ProxyCannotReach'], status.sentence);
    house.proxy.answer(() => ({ status: 404, body: '' }));
    house.rig.clock.advance(60_000);
    await house.rig.settle();
    await house.rig.settle();
    assert.equal(house.rig.status('shop').outcome, 'converged', house.rig.status('shop').sentence);
  });

  it('loses its route with its domain, and all of it with its manifest', async () => {
    const house = await createHouse();
    for (const name of ['a', 'b', 'c'])
      house.rig.files.set(`${name}.yaml`, `kind: project\nname: ${name}\nimage: example/shop:v1\n`);
    await house.write(shop('v1'));
    await house.write(shop('v1').replace('domains: [shop.example.com]\n', ''));
    assert.equal(house.proxy.state.routes.size, 0);
    await house.write(shop('v1'));
    assert.equal(house.proxy.state.routes.size, 1);
    house.rig.files.delete('shop.yaml');
    await house.rig.settle();
    assert.equal(house.proxy.state.routes.size, 0);
    assert.deepEqual(
      house.rig.containers().filter((name) => name.startsWith('shop')),
      [],
    );
  });

  it('sends shares first where its manifest says canary, and takes them back when the new one fails', async () => {
    const house = await createHouse();
    const canary =
      'strategy: canary\ncanary: { steps: [{ share: 10%, for: 5s }, { share: 50%, for: 5s }] }\n';
    await house.write(shop('v1', canary));
    const [old = '?'] = running(house);
    house.proxy.forget();
    await house.write(shop('v2', canary));
    const shares = house.proxy.puts().map(({ traffic }) => traffic?.canary?.share ?? 1);
    assert.deepEqual(shares, [0.1, 0.5, 1]);
    const [fresh = '?'] = running(house);
    assert.notEqual(fresh, old);
    let asked = 0;
    house.proxy.answer((upstream) =>
      upstream?.host.startsWith(fresh) || ++asked < 4
        ? { status: 200, body: '' }
        : { status: 503, body: 'too many connections' },
    );
    await house.write(shop('v1', canary));
    assert.deepEqual(running(house), [fresh]);
    assert.deepEqual(house.proxy.trafficOf('shop'), [`${fresh}:8080`]);
    assert.equal(house.rig.status('shop').reason, 'CanaryFailed', house.rig.status('shop').sentence);
  });

  it('changes one replica after the other where its manifest says rolling', async () => {
    const house = await createHouse();
    await house.write(shop('v1', 'strategy: rolling\nreplicas: 2\n'));
    house.proxy.forget();
    await house.write(shop('v2', 'strategy: rolling\nreplicas: 2\n'));
    assert.equal(house.rig.status('shop').outcome, 'converged', house.rig.status('shop').sentence);
    const counts = house.proxy.puts().map(({ traffic }) => traffic?.main.length);
    assert.deepEqual(counts, [2, 2], 'as many as there are replicas serve at each moment');
    assert.equal(house.proxy.trafficOf('shop').length, 2);
  });
});
