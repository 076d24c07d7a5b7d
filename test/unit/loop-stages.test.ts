// Stages of a workload that come or go, with or without a change of kind: who serves, serves on until the next one does.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeProxy, type FakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';

const DOMAIN = 'shop.example.com';
const plain = (tag: string, more = `domains: [${DOMAIN}]\n`): string =>
  `kind: project\nname: shop\nimage: example/shop\ntag: ${tag}\nport: 8080\nhealthcheck: { http: /healthz, interval: 100ms }\n${more}`;
const staged = (tag: string): string =>
  plain(tag, `stages:\n  prod: { domains: [${DOMAIN}] }\n  staging: { domains: [next.example.com] }\n`);
const proxied = `kind: proxy\nname: shop\ndomains: [${DOMAIN}]\nforward: http://192.0.2.9:80\n`;

async function running(manifest: string): Promise<{ rig: LoopRig; proxy: FakeProxy; seen: string[] }> {
  const proxy = createFakeProxy();
  const seen: string[] = [];
  const look = (): void => {
    const route = [...proxy.state.routes.values()].find(({ domains }) => domains.includes(DOMAIN));
    const up = [...rig.engine.state.containers.values()].filter(({ state }) => state === 'running');
    const leads = route?.traffic?.main.map(({ host }) => host) ?? [];
    const isServed = leads.every(
      (host) => host === '192.0.2.9' || up.some(({ name }) => name.startsWith(host)),
    );
    seen.push(leads.length > 0 && isServed ? leads.join() : 'nobody');
  };
  const rig = createLoopRig({ proxy, onWrite: () => look() });
  await rig.engine.runtime().ensureNetwork('proxy', {});
  for (const tag of ['v1', 'v2']) rig.engine.addImage(`example/shop:${tag}`);
  rig.engine.addImage('example/shop:bad', { health: 'unhealthy' });
  rig.files.set('shop.yaml', manifest);
  await rig.settle();
  seen.length = 0;
  return { rig, proxy, seen };
}

async function becomes({ rig }: { rig: LoopRig }, manifest: string, units: string[]): Promise<void> {
  rig.files.set('shop.yaml', manifest);
  await rig.settle();
  for (const unit of units) assert.equal(rig.status(unit).outcome, 'converged', rig.status(unit).sentence);
  assert.deepEqual(
    rig.control
      .allLastApplied()
      .map(({ unit }) => unit)
      .sort(),
    units,
    'what is written down is of those that there are',
  );
}

const up = (rig: LoopRig): string[] =>
  rig
    .containers()
    .filter((one) => one.endsWith(' running'))
    .map((one) => one.replace(/-[0-9a-f]{6}-1 running$/, ''));

describe('a project with stages', () => {
  it('becomes one without: its route is led over, and then both stages leave', async () => {
    const house = await running(staged('v1'));
    await becomes(house, plain('v2'), ['shop']);
    assert.deepEqual(up(house.rig), ['shop']);
    assert.equal(house.seen.includes('nobody'), false, house.seen.join());
    assert.equal(house.proxy.state.routes.size, 1);
  });

  it('becomes a stand-alone proxy: led elsewhere first, then both stages leave', async () => {
    const house = await running(staged('v1'));
    house.rig.files.set('shop.yaml', proxied);
    await house.rig.settle();
    assert.equal(house.rig.status('shop').outcome, 'converged', house.rig.status('shop').sentence);
    assert.deepEqual(house.rig.containers(), []);
    assert.equal(house.seen.includes('nobody'), false, house.seen.join());
    assert.deepEqual(house.proxy.trafficOf('shop'), ['192.0.2.9:80']);
  });

  it('becomes one that fails: the stage of its name serves on', async () => {
    const house = await running(staged('v1'));
    house.rig.files.set('shop.yaml', plain('bad'));
    await house.rig.settle();
    assert.equal(house.rig.status('shop').outcome, 'rolled-back', house.rig.status('shop').sentence);
    assert.deepEqual(up(house.rig), ['shop-prod']);
    assert.equal(house.seen.includes('nobody'), false, house.seen.join());
  });
});

describe('a project without stages', () => {
  it('gets some: the stage with its name takes over', async () => {
    const house = await running(plain('v1'));
    await becomes(house, staged('v2'), ['shop/prod', 'shop/staging']);
    assert.deepEqual(up(house.rig), ['shop-prod', 'shop-staging']);
    assert.equal(house.seen.includes('nobody'), false, house.seen.join());
    assert.equal(house.proxy.state.routes.size, 2);
  });
});
