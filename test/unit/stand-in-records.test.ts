// While the wish cannot be told, what was applied is kept alive: that is healing or the way back, and no deploy of anything.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeProxy } from '../support/fake-proxy.ts';
import { engineFault } from '../support/fake-runtime-faults.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';
import { assertToldTruly } from '../support/told-truly.ts';

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

describe('a deploy that cannot go on', () => {
  /** What gets in its way after a kill in the middle of it, and what takes that away again. */
  const IN_THE_WAY: Readonly<Record<string, { come(rig: LoopRig): void; go(rig: LoopRig): void }>> = {
    'a secret that is gone': {
      come: ({ secrets }) => void secrets.delete('key'),
      go: ({ secrets }) => void secrets.set('key', 'k-1'),
    },
    'a manifest that cannot be read': {
      come: ({ files }) => void files.set('shop.yaml', 'kind: [broken'),
      go: ({ files }) => void files.set('shop.yaml', shop('v2', SECRET)),
    },
    'a container of somebody else by its name': {
      come({ engine }) {
        for (const { name, labels, id } of engine.state.containers.values())
          if (labels['tinyforge.release'] === 'v2') {
            engine.state.containers.delete(id);
            engine.addStranger({ name });
          }
      },
      go({ engine }) {
        for (const { labels, id } of engine.state.containers.values())
          if (labels['tinyforge.release'] === undefined) engine.state.containers.delete(id);
      },
    },
    'a person who suspends it': {
      come: ({ control }) => control.suspend({ unit: 'shop', by: 'adm', why: null, sinceMs: 1 }),
      go: ({ control }) => void control.resume('shop'),
    },
    'a person who ejects it': {
      come: ({ control }) => control.eject({ unit: 'shop', by: 'adm', why: null, sinceMs: 1 }),
      go: ({ control }) => void control.takeBack('shop'),
    },
  };
  for (const [what, { come, go }] of Object.entries(IN_THE_WAY))
    it(`for ${what}: it has ended and says so, and the next one is one of its own`, async () => {
      let end = 'died';
      for (let write = 1; end === 'died'; write++) {
        const when = `${what}, after write ${write}`;
        const rig = await standing(createLoopRig({ revisions: 1 }), shop('v1'));
        rig.files.set('shop.yaml', shop('v2', SECRET));
        end = await rig.dieAt(write, 'after');
        come(rig);
        await rig.settle();
        assertToldTruly(rig, { unit: 'shop', when });
        go(rig);
        await rig.settle();
        assert.deepEqual([rig.status('shop').outcome, up(rig)], ['converged', ['v2']], when);
        assertToldTruly(rig, { unit: 'shop', when: `in the end, ${when}` });
      }
    });
});

describe('a deploy that is refused', () => {
  const refusal = (): Error =>
    engineFault('EngineRefused', 'stalled', 'engine local refused it ("no space")');

  it('has ended as long as nobody is at work on it, and is the one that ends well when it is let', async () => {
    const rig = await standing(createLoopRig(), shop('v1'));
    rig.files.set('shop.yaml', shop('v2'));
    for (let tries = 0; tries < 3; tries++) {
      rig.engine.failNext('createContainer', { moment: 'before', error: refusal() });
      rig.clock.advance(120_000);
      await rig.settle();
      const when = `try ${tries + 1}`;
      assertToldTruly(rig, { unit: 'shop', when });
      assert.deepEqual([rig.status('shop').outcome, up(rig)], ['held', ['v1']], when);
      const [newest, ...older] = rig.store.deploys('shop', { limit: 9 });
      assert.deepEqual([newest?.status, newest?.reason, older.length], ['failed', 'EngineRefused', 1], when);
      assert.deepEqual(
        newest?.steps.filter(({ status }) => status === 'waiting' || status === 'now'),
        [],
        when,
      );
    }
    rig.clock.advance(120_000);
    await rig.settle();
    assert.deepEqual(told(rig), [
      ['success', 'v1', 'v2'],
      ['success', null, 'v1'],
    ]);
    assertToldTruly(rig, { unit: 'shop', when: 'in the end' });
  });

  it('is followed by one of its own where what is wanted is another one by then', async () => {
    const rig = await standing(createLoopRig(), shop('v1'));
    rig.files.set('shop.yaml', shop('v2'));
    rig.engine.failNext('createContainer', { moment: 'before', error: refusal() });
    await rig.settle();
    rig.engine.addImage('example/shop:v3');
    rig.files.set('shop.yaml', shop('v3'));
    await rig.settle();
    assert.deepEqual(told(rig)[0], ['success', 'v1', 'v3']);
    assert.deepEqual(rig.store.deploys('shop', { limit: 9 })[1]?.reason, 'EngineRefused');
  });

  it('has ended when it was tried as often as its manifest allows', async () => {
    const rig = await standing(createLoopRig(), shop('v1'));
    rig.engine.addPullable('example/shop:v9', 'the registry is away');
    rig.files.set('shop.yaml', shop('v9', 'retry: { limit: 2, backoff: 1s }\n'));
    for (let tries = 0; tries < 6; tries++) {
      await rig.settle();
      rig.clock.advance(120_000);
    }
    assertToldTruly(rig, { unit: 'shop', when: 'tried in vain' });
  });
});
