// While the wish cannot be told, what was applied is kept alive: that is healing or the way back, and no deploy of anything.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';

const shop = (tag: string, more = ''): string =>
  `kind: project\nname: shop\nimage: example/shop\ntag: "${tag}"\nport: 8080\nhealthcheck: { http: /healthz, interval: 100ms }\n${more}`;

/** It needs a secret, so what is wanted cannot be told without that. */
const SECRET = 'environment: { KEY: "${secret:key}" }\n';
const ROUTED = 'domains: [shop.example.com]\n';

async function standing(rig: LoopRig, ...manifests: string[]): Promise<LoopRig> {
  for (const tag of ['v1', 'v2']) rig.engine.addImage(`example/shop:${tag}`);
  rig.secrets.set('key', 'k-1');
  for (const manifest of manifests) {
    rig.files.set('shop.yaml', manifest);
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
  }
  return rig;
}

function fallIll({ engine }: LoopRig): void {
  for (const { name, state } of engine.state.containers.values())
    if (state === 'running') engine.setHealth(name, 'unhealthy');
}

async function removeAll({ engine }: LoopRig): Promise<void> {
  for (const { id } of engine.state.containers.values()) await engine.runtime().removeContainer(id);
}

const up = ({ engine }: LoopRig): (string | undefined)[] =>
  [...engine.state.containers.values()]
    .filter(({ state }) => state === 'running')
    .map(({ labels }) => labels['tinyforge.release']);

const told = ({ store }: LoopRig): (string | null)[][] =>
  store
    .deploys('shop', { limit: 10 })
    .map(({ status, fromVersion, toVersion }) => [status, fromVersion, toVersion]);

const events = ({ store }: LoopRig): string[] =>
  store.events({ unit: 'shop', limit: 10 }).map(({ reason }) => reason);

const ONCE_BACK = [
  ['rolled_back', 'v1', 'v2'],
  ['success', null, 'v1'],
];

describe('a version that falls ill right after it took over', () => {
  const BLIND: Readonly<Record<string, (rig: LoopRig) => void>> = {
    'its secret is gone': ({ secrets }) => void secrets.delete('key'),
    'its manifest cannot be read': ({ files }) => void files.set('shop.yaml', 'kind: [broken'),
  };
  for (const [when, make] of Object.entries(BLIND))
    it(`in the pass in which ${when}: one deploy that was rolled back, and no other`, async () => {
      const rig = await standing(createLoopRig(), shop('v1'), shop('v2', SECRET));
      fallIll(rig);
      make(rig);
      await rig.settle();
      assert.deepEqual(up(rig), ['v1']);
      assert.deepEqual(told(rig), ONCE_BACK);
      rig.secrets.set('key', 'k-1');
      rig.files.set('shop.yaml', shop('v2', SECRET));
      await rig.settle();
      assert.deepEqual([rig.status('shop').outcome, up(rig), told(rig)], ['rolled-back', ['v1'], ONCE_BACK]);
    });

  it('is told as rolled back also where the process was killed before it wrote that, and came back late', async () => {
    const rig = await standing(createLoopRig(), shop('v1'), shop('v2'));
    fallIll(rig);
    const { updateDeploy } = rig.store;
    rig.store.updateDeploy = () => {
      throw new Error('killed');
    };
    await assert.rejects(rig.settle(), /killed/);
    rig.store.updateDeploy = updateDeploy;
    rig.clock.advance(600_000);
    rig.boot();
    await rig.settle();
    assert.deepEqual([rig.status('shop').outcome, up(rig), told(rig)], ['rolled-back', ['v1'], ONCE_BACK]);
  });
});

describe('what is gone while the wish cannot be told', () => {
  it('is made again as it was applied, which is healing, where a secret is missing', async () => {
    const rig = await standing(createLoopRig(), shop('v1'));
    await removeAll(rig);
    rig.files.set('shop.yaml', shop('v2', SECRET));
    rig.secrets.delete('key');
    await rig.settle();
    assert.deepEqual([up(rig), told(rig)], [['v1'], [['success', null, 'v1']]]);
    assert.ok(events(rig).includes('DriftHealed'), events(rig).join());
  });

  it('is made again as it was applied, which is healing, where the proxy is away', async () => {
    const proxy = createFakeProxy();
    const rig = createLoopRig({ proxy });
    await rig.engine.runtime().ensureNetwork('proxy', {});
    await standing(rig, shop('v1', ROUTED));
    await removeAll(rig);
    rig.files.set('shop.yaml', shop('v2', ROUTED));
    proxy.failNext('list', { moment: 'before' });
    await rig.settle();
    await rig.settle();
    for (const [, from, to] of told(rig)) assert.notEqual(to, null, `a deploy from ${from} to nothing`);
  });
});
