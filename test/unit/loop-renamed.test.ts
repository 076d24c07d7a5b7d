// `renamed_from` over the whole loop: data, history and holds go along, nothing of the old name stays, and twice is nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LABEL } from '../../src/model/labels.ts';
import { createFakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig, type LoopRig, type LoopRigOptions } from '../support/loop-rig.ts';

function manifest(name: string, more = '', tag = 'v1'): string {
  return `kind: project
name: ${name}
image: example/shop
tag: "${tag}"
port: 8080
healthcheck: { http: /healthz, interval: 100ms, retries: 3 }
${more}`;
}

async function stand(more = '', options: LoopRigOptions = {}): Promise<LoopRig> {
  const rig = createLoopRig(options);
  for (const version of ['v1', 'v2']) rig.engine.addImage(`example/shop:${version}`);
  rig.engine.addImage('example/shop:bad', { health: 'unhealthy' });
  if (options.proxy != null) await rig.engine.runtime().ensureNetwork('proxy', {});
  rig.files.set('shop.yaml', manifest('shop', more));
  await rig.settle();
  assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
  return rig;
}

async function rename(
  rig: LoopRig,
  { from = 'shop', to = 'store', more = '', tag = 'v1' } = {},
): Promise<void> {
  rig.files.set('shop.yaml', manifest(to, `renamed_from: ${from}\n${more}`, tag));
  await rig.settle();
}

/** A pass that finds all as it is to be writes nothing of any sort. */
async function calm(rig: LoopRig): Promise<void> {
  rig.engine.forgetJournal();
  const writes = rig.store.writes();
  await rig.settle();
  assert.deepEqual(rig.engine.journal(), []);
  assert.equal(rig.store.writes(), writes);
}

const networks = (rig: LoopRig): string[] =>
  [...rig.engine.state.networks.values()].map(({ name }) => name).sort();
const up = (rig: LoopRig): string[] =>
  rig.containers().flatMap((entry) => (entry.endsWith(' running') ? [entry.split(' ')[0] ?? ''] : []));

describe('a renamed project', () => {
  it('is replaced side by side, says so in one plan, and leaves nothing under the old name', async () => {
    const rig = await stand();
    rig.files.set('shop.yaml', manifest('store', 'renamed_from: shop\n'));
    const plan = await rig.loop().look({ prune: 'none', signal: new AbortController().signal });
    assert.deepEqual(
      plan.units.map(({ unit, cause, strategy, downtime }) => [unit, cause?.text, strategy, downtime]),
      [['store', 'renamed from shop', 'blue-green', null]],
    );
    assert.deepEqual(plan.orphans, []);
    assert.equal(plan.units[0]?.actions[0]?.type, 'takeName');
    await rig.settle();
    assert.equal(rig.status('store').outcome, 'converged', rig.status('store').sentence);
    assert.ok(rig.containers().every((name) => /^(store|shop)-/.test(name)));
    assert.equal(up(rig).length, 1);
    assert.match(up(rig)[0] ?? '', /^store-/);
    assert.deepEqual(networks(rig), ['store']);
    assert.equal(rig.store.status('shop'), null);
    assert.equal(rig.store.workload('project.shop'), null);
    await calm(rig);
  });

  it('keeps its history and its kept versions, and goes back to one from before', async () => {
    const rig = await stand();
    rig.files.set('shop.yaml', manifest('shop', '', 'v2'));
    await rig.settle();
    await rename(rig, { tag: 'v2' });
    const deploys = rig.store.deploys('store', { limit: 10 });
    assert.deepEqual(
      deploys.map(({ number, toVersion, status }) => [number, toVersion, status]),
      [
        [3, 'v2', 'success'],
        [2, 'v2', 'success'],
        [1, 'v1', 'success'],
      ],
    );
    assert.ok(rig.store.events({ unit: 'store', limit: 20 }).some(({ reason }) => reason === 'Renamed'));
    await rig.rollBack('store', 1);
    assert.equal(rig.status('store').runs, 'v1');
    assert.equal(up(rig).length, 1);
    await calm(rig);
  });

  it('is still renamed when the key is taken out, when the index is deleted, and when everything is lost', async () => {
    const rig = await stand();
    await rename(rig);
    const before = rig.containers();
    rig.files.set('shop.yaml', manifest('store'));
    await rig.settle();
    assert.deepEqual(rig.containers(), before);
    await calm(rig);
    rig.loseIndex();
    await rig.settle();
    assert.deepEqual(rig.containers(), before);
    rig.control.forget('store');
    rig.control.dropRenamed('store');
    for (const { unit, number } of rig.control.allRevisions()) rig.control.dropRevision(unit, number);
    rig.loseIndex();
    await rig.settle();
    assert.deepEqual(
      up(rig),
      before.flatMap((entry) => (entry.endsWith(' running') ? [entry.split(' ')[0]] : [])),
    );
    assert.equal(rig.status('store').outcome, 'converged', rig.status('store').sentence);
    await calm(rig);
  });

  it('suspended, it stays suspended under its new name and as it runs; resumed, it is renamed', async () => {
    const rig = await stand();
    rig.control.suspend({ unit: 'shop', by: 'adm', why: 'holiday', sinceMs: 1 });
    const before = rig.containers();
    await rename(rig);
    assert.deepEqual(rig.containers(), before);
    assert.equal(rig.control.suspension('store')?.by, 'adm');
    assert.equal(rig.control.suspension('shop'), null);
    rig.control.resume('store');
    await rig.settle();
    assert.match(up(rig).join(), /^store-/);
    await calm(rig);
  });

  it('a bad version stays quarantined, and what runs goes on under its old name until it can be renamed', async () => {
    const rig = await stand();
    const before = up(rig);
    await rename(rig, { tag: 'bad' });
    assert.deepEqual(up(rig), before);
    assert.equal(rig.status('store').runs, 'v1');
    await rename(rig, { tag: 'v2' });
    assert.match(up(rig).join(), /^store-/);
    assert.equal(rig.status('store').runs, 'v2');
    await calm(rig);
  });

  it('with a volume it is recreated, the downtime is told before, and the volume is the same', async () => {
    const rig = await stand('volumes: ["data:/data"]\n');
    rig.files.set('shop.yaml', manifest('store', 'renamed_from: shop\nvolumes: ["data:/data"]\n'));
    const plan = await rig.loop().look({ prune: 'none', signal: new AbortController().signal });
    assert.equal(plan.units[0]?.strategy, 'recreate');
    assert.ok((plan.units[0]?.downtime?.ms ?? 0) > 0);
    await rig.settle();
    assert.deepEqual([...rig.engine.state.volumes.keys()], ['data']);
    assert.equal(up(rig).length, 1);
    await calm(rig);
  });

  it('with networks of its own choice it is another generation all the same', async () => {
    const rig = await stand('networks: [backend]\n');
    await rename(rig, { more: 'networks: [backend]\n' });
    assert.match(up(rig).join(), /^store-/);
    assert.equal(up(rig).length, 1);
    await calm(rig);
  });

  it('stages go along, each by itself', async () => {
    const stages = 'stages: { prod: {}, staging: {} }\n';
    const rig = createLoopRig();
    rig.engine.addImage('example/shop:v1');
    rig.files.set('shop.yaml', manifest('shop', stages));
    await rig.settle();
    await rename(rig, { more: stages });
    assert.deepEqual(
      up(rig).map((name) => name.replace(/-[0-9a-f]{6}-1$/, '')),
      ['store-prod', 'store-staging'],
    );
    assert.deepEqual(networks(rig), ['store']);
    await calm(rig);
  });

  it('and renamed back, and there and back again', async () => {
    const rig = await stand();
    await rename(rig);
    await rename(rig, { from: 'store', to: 'shop' });
    assert.match(up(rig).join(), /^shop-/);
    assert.deepEqual(networks(rig), ['shop']);
    await calm(rig);
    await rename(rig);
    assert.match(up(rig).join(), /^store-/);
    assert.deepEqual(networks(rig), ['store']);
    assert.equal(up(rig).length, 1);
    rig.files.set('shop.yaml', manifest('store'));
    await calm(rig);
  });

  it('twice in a row, each step with its own commit', async () => {
    const rig = await stand();
    await rename(rig);
    await rename(rig, { from: 'store', to: 'market' });
    assert.match(up(rig).join(), /^market-/);
    assert.deepEqual(networks(rig), ['market']);
    assert.equal(rig.store.deploys('market', { limit: 10 }).length, 3);
    await calm(rig);
  });

  it('a former name that nobody knows is a fresh install, and taking the key out changes nothing', async () => {
    const rig = createLoopRig();
    rig.engine.addImage('example/shop:v1');
    rig.files.set('shop.yaml', manifest('store', 'renamed_from: ghost\n'));
    await rig.settle();
    assert.equal(rig.status('store').outcome, 'converged');
    assert.deepEqual(rig.loop().overview().problems, []);
    const [container] = [...rig.engine.state.containers.values()];
    assert.equal(container?.labels[LABEL.renamedFrom], undefined);
    rig.files.set('shop.yaml', manifest('store'));
    await calm(rig);
  });

  it('one that was there beside the other cannot have been it: that is told, and the other counts as removed', async () => {
    const rig = await stand();
    rig.files.set('store.yaml', manifest('store'));
    await rig.settle();
    rig.files.delete('shop.yaml');
    rig.files.set('store.yaml', manifest('store', 'renamed_from: shop\n'));
    const plan = await rig.loop().look({ prune: 'none', signal: new AbortController().signal });
    assert.match(plan.problems.map(({ message }) => message).join(), /was there beside shop/);
    await rig.settle();
    assert.match(up(rig).join(), /^store-[0-9a-f]{6}-1$/);
  });

  it('one of another kind is refused, and nothing of either is touched', async () => {
    const rig = await stand();
    const before = rig.containers();
    rig.files.set('shop.yaml', 'kind: site\nname: store\nrenamed_from: shop\ncontent: { path: ./public }\n');
    await rig.settle();
    const [told] = rig.loop().overview().problems;
    assert.match(told?.message ?? '', /shop is a project, and store is a site/);
    assert.deepEqual([told?.file, told?.line, told?.column], ['shop.yaml', 1, 1]);
    assert.deepEqual(rig.containers(), before);
  });

  it('whoever is called by the old name later is somebody else', async () => {
    const rig = await stand();
    await rename(rig);
    rig.files.set('shop.yaml', manifest('store'));
    rig.files.set('new.yaml', manifest('shop'));
    await rig.settle();
    assert.equal(up(rig).length, 2);
    await calm(rig);
    rig.files.delete('new.yaml');
    await rig.settle();
    assert.match(up(rig).join(), /^store-/);
    assert.equal(up(rig).length, 1);
  });
});

describe('a renamed project behind a proxy', () => {
  const routed = 'domains: [shop.example.com]\n';

  it('keeps its one route, which leads to the old one until the new one is proven', async () => {
    const proxy = createFakeProxy();
    const rig = await stand(routed, { proxy });
    const [before] = proxy.state.routes.keys();
    await rename(rig, { more: routed });
    assert.equal(rig.status('store').outcome, 'converged', rig.status('store').sentence);
    const routes = [...proxy.state.routes.values()];
    assert.deepEqual(
      routes.map(({ id, owner }) => [id, owner?.unit, owner?.key]),
      [[before, 'store', 'store']],
    );
    assert.match(routes[0]?.traffic?.main[0]?.host ?? '', /^store-/);
    await calm(rig);
    const writes = proxy.state.writes;
    await rig.settle();
    assert.equal(proxy.state.writes, writes);
  });
});

describe('a renamed stand-alone proxy', () => {
  it('keeps its route', async () => {
    const proxy = createFakeProxy();
    const rig = createLoopRig({ proxy });
    const nas = (name: string, more = ''): string =>
      `kind: proxy\nname: ${name}\n${more}domains: [nas.example.com]\nforward: http://192.0.2.10:5000\n`;
    rig.files.set('nas.yaml', nas('nas'));
    await rig.settle();
    const [before] = proxy.state.routes.keys();
    rig.files.set('nas.yaml', nas('storage', 'renamed_from: nas\n'));
    await rig.settle();
    assert.equal(rig.status('storage').outcome, 'converged', rig.status('storage').sentence);
    assert.deepEqual(
      [...proxy.state.routes.values()].map(({ id, owner }) => [id, owner?.key]),
      [[before, 'storage']],
    );
    rig.files.set('nas.yaml', nas('storage'));
    await calm(rig);
  });
});
