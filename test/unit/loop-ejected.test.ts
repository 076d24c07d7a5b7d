import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';

const shop = (tag: string, more = '') =>
  `kind: project\nname: shop\nimage: example/shop\ntag: "${tag}"\nport: 8080\nhealthcheck: { http: /healthz, interval: 100ms }\n${more}`;
const other = (more = '') => `kind: project\nname: other\nimage: example/shop\ntag: v1\n${more}`;

async function running(more = '', options: Parameters<typeof createLoopRig>[0] = {}): Promise<LoopRig> {
  const rig = createLoopRig(options);
  if (options.proxy) await rig.engine.runtime().ensureNetwork('proxy', {});
  for (const version of ['v1', 'v2']) rig.engine.addImage(`example/shop:${version}`);
  rig.files.set('shop.yaml', shop('v1', more));
  rig.files.set('other.yaml', other());
  await rig.settle();
  assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
  rig.engine.forgetJournal();
  return rig;
}

function eject({ control }: LoopRig, unit = 'shop'): void {
  control.eject({ unit, by: 'eva', why: null, sinceMs: 0 });
}

const ofShop = (rig: LoopRig): string[] => rig.containers().filter((entry) => entry.startsWith('shop'));

describe('an ejected workload', () => {
  it('is left as it is and told so: not healed, not changed, not counted', async () => {
    const rig = await running();
    const [before] = ofShop(rig);
    eject(rig);
    await rig.settle();
    const { outcome, sentence, next } = rig.status('shop');
    assert.deepEqual(
      [outcome, sentence, next],
      ['ejected', 'ejected by eva; what runs is left as it is', '`tinyforge adopt shop` takes it back'],
    );
    assert.deepEqual(
      rig.store.containers().map(({ workloadId, state }) => [workloadId, state]),
      [['project.other', 'running']],
    );
    rig.files.set('shop.yaml', shop('v2'));
    rig.engine.stopByHand(before?.split(' ')[0] ?? '');
    await rig.settle();
    await rig.settle({ prune: 'given' });
    assert.deepEqual(rig.engine.journal(), []);
    assert.deepEqual(ofShop(rig), [before?.replace('running', 'exited')]);
  });

  it('is not removed when its manifest goes, nor with consent, and is no orphan', async () => {
    const rig = await running();
    eject(rig);
    rig.files.delete('shop.yaml');
    await rig.settle();
    await rig.settle({ prune: 'given' });
    assert.deepEqual(rig.engine.journal(), []);
    assert.deepEqual(rig.loop().overview().orphans, []);
    assert.equal(
      rig
        .loop()
        .overview()
        .units.some(({ unit }) => unit === 'shop'),
      false,
    );
    assert.equal(rig.store.status('shop'), null);
    rig.files.set('shop.yaml', shop('v1'));
    await rig.settle();
    assert.deepEqual(rig.engine.journal(), []);
    assert.equal(rig.status('shop').outcome, 'ejected');
  });

  it('is ours again when it is taken back, with nothing written to the engine, also without the index', async () => {
    for (const loses of [false, true]) {
      const rig = await running();
      eject(rig);
      await rig.settle();
      if (loses) rig.loseIndex();
      await rig.settle();
      assert.equal(rig.status('shop').outcome, 'ejected');
      rig.control.takeBack('shop');
      await rig.settle();
      assert.deepEqual(rig.engine.journal(), []);
      assert.equal(rig.status('shop').outcome, 'converged');
      assert.equal(rig.store.containers({ workloadId: 'project.shop' })[0]?.state, 'running');
    }
  });

  it('that was changed meanwhile, by hand or in its manifest, is put right when it is taken back', async () => {
    const rig = await running();
    eject(rig);
    await rig.settle();
    rig.engine.stopByHand(ofShop(rig)[0]?.split(' ')[0] ?? '');
    rig.control.takeBack('shop');
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged');
    eject(rig);
    rig.files.set('shop.yaml', shop('v2'));
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'ejected');
    rig.control.takeBack('shop');
    await rig.settle();
    assert.deepEqual([rig.status('shop').outcome, rig.status('shop').runs], ['converged', 'v2']);
  });

  it('keeps nobody waiting that depends on it', async () => {
    const rig = await running();
    eject(rig);
    rig.engine.stopByHand(ofShop(rig)[0]?.split(' ')[0] ?? '');
    rig.files.set('other.yaml', other('depends_on: [shop]\nenvironment: { A: b }\n'));
    await rig.settle();
    assert.equal(rig.status('other').outcome, 'converged', rig.status('other').sentence);
  });

  it('is not rolled back, and says why', async () => {
    const rig = await running();
    eject(rig);
    await rig.settle();
    await assert.rejects(rig.rollBack('shop'), { reason: 'Ejected' });
  });

  it('keeps its route as it is; its name is somebody else’s to all others', async () => {
    const proxy = createFakeProxy();
    const rig = await running('domains: [shop.example.com]\n', { proxy });
    const traffic = proxy.trafficOf('shop');
    proxy.forget();
    eject(rig);
    rig.files.delete('shop.yaml');
    rig.files.set('other.yaml', other('port: 8080\ndomains: [shop.example.com]\n'));
    await rig.settle();
    assert.equal(proxy.writes(), 0);
    assert.deepEqual(proxy.trafficOf('shop'), traffic);
    assert.equal(rig.status('other').reason, 'RouteConflict', rig.status('other').sentence);
    rig.files.set('other.yaml', other());
    rig.files.set('shop.yaml', shop('v1', 'domains: [shop.example.com]\n'));
    rig.control.takeBack('shop');
    await rig.settle();
    assert.equal(proxy.writes(), 0);
    assert.equal(rig.status('shop').outcome, 'converged');
  });

  it('at work is ours to the end of that work: nothing is left half done', async () => {
    let isArmed = false;
    const rig: LoopRig = await running('', {
      onWrite: (what) => {
        if (!isArmed || !what.includes('createContainer')) return;
        eject(rig);
        // Somebody looks meanwhile, as a running controller does all the time.
        void rig.loop().plan({ fresh: true, prune: false });
      },
    });
    isArmed = true;
    rig.files.set('shop.yaml', shop('v2'));
    await rig.settle();
    isArmed = false;
    assert.equal(rig.status('shop').outcome, 'ejected');
    assert.deepEqual(
      ofShop(rig).map((entry) => entry.split(' ')[1]),
      ['exited', 'running'].sort(),
    );
    rig.engine.forgetJournal();
    rig.control.takeBack('shop');
    await rig.settle();
    assert.deepEqual(rig.engine.journal(), []);
    assert.equal(rig.status('shop').runs, 'v2');
  });
});
