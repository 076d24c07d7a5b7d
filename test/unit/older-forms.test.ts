// What an earlier version left: containers with fewer labels, control files with fewer words. Nothing that is right is restarted.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LABEL } from '../../src/model/labels.ts';
import { createFakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';

const shop = (tag: string) =>
  `kind: project\nname: shop\nimage: example/shop\ntag: "${tag}"\nport: 8080\nhealthcheck: { http: /healthz, interval: 100ms }\n`;

async function running(): Promise<LoopRig> {
  const rig = createLoopRig();
  for (const version of ['v1', 'v2']) rig.engine.addImage(`example/shop:${version}`);
  rig.files.set('shop.yaml', shop('v1'));
  await rig.settle();
  assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
  rig.engine.forgetJournal();
  return rig;
}

/** The four that say whose it is, and of which version. */
const NEEDED: ReadonlySet<string> = new Set([LABEL.managed, LABEL.controller, LABEL.unit, LABEL.specHash]);

describe('a container with an older set of labels', () => {
  for (const missing of Object.values(LABEL).filter((label) => !NEEDED.has(label)))
    it(`without ${missing} is what it was: not restarted, and converged, also without the index`, async () => {
      const rig = await running();
      for (const { labels } of rig.engine.state.containers.values())
        delete (labels as Record<string, string>)[missing];
      rig.loseIndex();
      await rig.settle();
      await rig.settle({ prune: 'given' });
      assert.deepEqual(rig.engine.journal(), []);
      assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
      rig.files.set('shop.yaml', shop('v2'));
      const plan = await rig.loop().plan({ fresh: true, prune: false });
      assert.equal(plan.units[0]?.downtime, null, 'what does not say its kind is of no other kind');
      await rig.settle();
      assert.equal(rig.status('shop').runs, 'v2');
    });
});

describe('a control file of an older form', () => {
  const LATER = ['canaryMetrics', 'probationMs', 'strategy', 'route', 'drainMs', 'adopt', 'prune', 'retry'];
  it('that a broken manifest falls back on: nothing is touched, and the next good one counts', async () => {
    for (const missing of [[], ...LATER.map((key) => [key]), LATER]) {
      const rig = await running();
      const applied = rig.control.lastApplied('shop');
      assert.ok(applied);
      const older = Object.entries(applied.desired).filter(([key]) => !missing.includes(key));
      rig.control.saveLastApplied({ ...applied, desired: Object.fromEntries(older) as never });
      rig.files.set('shop.yaml', 'kind: project\nname: shop\nimage: [broken\n');
      rig.boot();
      await rig.settle();
      await rig.settle({ prune: 'given' });
      assert.deepEqual(rig.engine.journal(), [], missing.join());
      rig.files.set('shop.yaml', shop('v1'));
      await rig.settle();
      assert.deepEqual(rig.engine.journal(), [], missing.join());
      assert.equal(rig.status('shop').outcome, 'converged', missing.join());
    }
  });
});

describe('a workload of another kind', () => {
  it('leads elsewhere first, and then what the kind before made leaves', async () => {
    const proxy = createFakeProxy();
    const rig = createLoopRig({ proxy });
    await rig.engine.runtime().ensureNetwork('proxy', {});
    rig.engine.addImage('example/shop:v1');
    rig.files.set('shop.yaml', `${shop('v1')}domains: [shop.example.com]\n`);
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
    rig.files.set(
      'shop.yaml',
      'kind: proxy\nname: shop\ndomains: [shop.example.com]\nforward: http://192.0.2.9:80\n',
    );
    await rig.settle();
    assert.deepEqual(rig.containers(), []);
    assert.deepEqual(proxy.trafficOf('shop'), ['192.0.2.9:80']);
  });
});
