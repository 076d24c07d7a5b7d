// Lives of workloads beside their versions: moved, claimed by another, of another kind. None of it may cost what runs.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';

const shop = (tag: string, more = '') =>
  `kind: project\nname: shop\nimage: example/shop\ntag: "${tag}"\nport: 8080\nhealthcheck: { http: /healthz, interval: 100ms }\n${more}`;

async function running(): Promise<LoopRig> {
  const rig = createLoopRig();
  for (const version of ['v1', 'v2']) rig.engine.addImage(`example/shop:${version}`);
  rig.engine.addImage('nginx:1');
  rig.files.set('shop.yaml', shop('v1'));
  rig.files.set('other.yaml', 'kind: project\nname: other\nimage: example/shop\ntag: v1\n');
  await rig.settle();
  assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
  rig.engine.forgetJournal();
  return rig;
}

function untouched(rig: LoopRig): void {
  assert.deepEqual(rig.engine.journal(), []);
  const { outcome, sentence } = rig.status('shop');
  assert.equal(outcome, 'converged', sentence);
}

describe('a manifest that is moved', () => {
  it('to another file: nothing is restarted, and it is known where it stands now', async () => {
    const rig = await running();
    rig.files.delete('shop.yaml');
    rig.files.set('apps/shop.yaml', shop('v1'));
    await rig.settle();
    untouched(rig);
    const { source, file } = rig.control.lastApplied('shop') ?? {};
    assert.deepEqual([source, file], ['home', 'apps/shop.yaml']);
  });

  it('to another source at once: nothing is restarted, and the new source has it from then on', async () => {
    const rig = await running();
    rig.files.delete('shop.yaml');
    rig.guests.set('shop.yaml', shop('v1'));
    await rig.settle();
    untouched(rig);
    assert.equal(rig.control.lastApplied('shop')?.source, 'guest');
    // What the old source says of its remaining files is no longer about it.
    rig.files.set('other.yaml', 'kind: [broken');
    rig.guests.delete('shop.yaml');
    rig.guests.set('third.yaml', 'kind: project\nname: third\nimage: example/shop\ntag: v1\n');
    await rig.settle({ prune: 'given' });
    assert.deepEqual(
      rig.containers().filter((entry) => entry.startsWith('shop')),
      [],
    );
  });

  it('to another source in two steps, the new one first: nothing is restarted at any of them', async () => {
    const rig = await running();
    rig.guests.set('shop.yaml', shop('v1'));
    await rig.settle();
    untouched(rig);
    assert.equal(rig.control.lastApplied('shop')?.source, 'home');
    rig.files.delete('shop.yaml');
    await rig.settle();
    untouched(rig);
    assert.equal(rig.control.lastApplied('shop')?.source, 'guest');
  });

  it('with a change: it is deployed as any change is', async () => {
    const rig = await running();
    rig.files.delete('shop.yaml');
    rig.guests.set('shop.yaml', shop('v2'));
    await rig.settle();
    assert.equal(rig.status('shop').runs, 'v2');
    assert.equal(rig.control.lastApplied('shop')?.source, 'guest');
  });
});

describe('a name that two sources claim', () => {
  it('stays with whoever had it, although the other one stands first, also after a restart and without the index', async () => {
    const rig = await running();
    rig.guests.set('shop.yaml', shop('v2'));
    await rig.settle();
    untouched(rig);
    rig.boot();
    await rig.settle();
    untouched(rig);
    rig.loseIndex();
    await rig.settle();
    untouched(rig);
    // It goes on to follow its own source.
    rig.files.set('shop.yaml', shop('v2', 'environment: { A: b }\n'));
    await rig.settle();
    assert.equal(rig.status('shop').runs, 'v2');
    assert.equal(rig.control.lastApplied('shop')?.source, 'home');
  });

  it('is told where the other one stands', async () => {
    const rig = await running();
    rig.guests.set('shop.yaml', shop('v2'));
    await rig.settle();
    const [problem] = rig.loop().wish()?.problems ?? [];
    assert.deepEqual(
      [problem?.reason, problem?.source, problem?.file],
      ['DuplicateName', 'guest', 'shop.yaml'],
    );
  });
});

describe('a workload of another kind', () => {
  it('is made when the one before is gone, which goes as any that is removed', async () => {
    const rig = await running();
    rig.files.set('shop.yaml', 'kind: site\nname: shop\nimage: nginx:1\ncontent: { path: public }\n');
    await rig.settle();
    const kinds = rig
      .loop()
      .overview()
      .units.map(({ unit, kind }) => `${unit} ${kind}`);
    assert.ok(kinds.includes('shop site'), kinds.join());
  });
});

describe('a suspended workload whose manifest goes', () => {
  it('runs on and is shown with the reason, whatever is consented to, until it is resumed', async () => {
    const rig = await running();
    rig.control.suspend({ unit: 'shop', by: 'admin', why: null, sinceMs: 0 });
    rig.files.delete('shop.yaml');
    for (const prune of ['none', 'given'] as const) {
      await rig.settle({ prune });
      assert.deepEqual(rig.engine.journal(), []);
      const [orphan] = rig.loop().overview().orphans;
      assert.deepEqual([orphan?.unit, orphan?.containers.length], ['shop', 1]);
      assert.match(orphan?.why ?? '', /suspended; `tinyforge resume shop`/);
    }
    rig.control.resume('shop');
    await rig.settle();
    assert.deepEqual(rig.loop().overview().orphans, []);
    assert.ok(rig.containers().every((entry) => !entry.startsWith('shop')));
  });

  it('is taken back as it runs when its manifest comes again', async () => {
    const rig = await running();
    rig.control.suspend({ unit: 'shop', by: 'admin', why: null, sinceMs: 0 });
    rig.files.delete('shop.yaml');
    await rig.settle();
    rig.files.set('shop.yaml', shop('v1'));
    rig.control.resume('shop');
    await rig.settle();
    untouched(rig);
  });
});
