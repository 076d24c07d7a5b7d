// Back to an earlier version by hand: what a person sees, what holds it, and what lifts it (law 8).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isFault } from '../../src/model/errors.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';

const reason = (name: string) => (error: unknown) => isFault(error) && error.reason === name;

function shop(tag: string, more = ''): string {
  return `kind: project
name: shop
image: example/shop
tag: "${tag}"
port: 8080
healthcheck: { http: /healthz, interval: 100ms, retries: 3 }
${more}`;
}

/** Each version has converged, one after the other. */
async function history(...versions: string[]): Promise<LoopRig> {
  const rig = createLoopRig();
  for (const version of ['v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7'])
    rig.engine.addImage(`example/shop:${version}`);
  await declare(rig, ...versions);
  return rig;
}

async function declare(rig: LoopRig, ...versions: string[]): Promise<void> {
  for (const version of versions) {
    rig.files.set('shop.yaml', shop(version));
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
  }
}

const up = (rig: LoopRig): string[] =>
  [...rig.engine.state.containers.values()]
    .filter((entry) => entry.state === 'running')
    .map((entry) => entry.labels['tinyforge.release'] ?? '');

describe('a rollback by hand', () => {
  it('brings the previous version back from its stopped container, and holds it', async () => {
    const rig = await history('v1', 'v2');
    rig.engine.forgetJournal();
    const answer = await rig.rollBack('shop');
    assert.equal(answer.to, 'v1');
    assert.equal(answer.standsBy, true);
    assert.deepEqual(up(rig), ['v1']);
    const calls = rig.engine.journal().map((entry) => entry.split(' ')[0]);
    assert.ok(!calls.includes('createContainer') && !calls.includes('pullImage'), calls.join());
    const status = rig.status('shop');
    assert.deepEqual([status.outcome, status.reason], ['held', 'RollbackHold']);
    assert.equal(status.sentence, 'held at v1 by adm; its manifest says v2');
    const [deploy] = rig.store.deploys('shop', { limit: 1 });
    assert.deepEqual([deploy?.status, deploy?.fromVersion, deploy?.toVersion], ['rolled_back', 'v2', 'v1']);
  });

  it('is calm afterwards, over a restart and without the index', async () => {
    const rig = await history('v1', 'v2');
    await rig.rollBack('shop');
    rig.loseIndex();
    await rig.settle();
    rig.engine.forgetJournal();
    const writes = rig.store.writes();
    await rig.settle();
    assert.deepEqual(rig.engine.journal(), []);
    assert.equal(rig.store.writes(), writes);
    assert.deepEqual(up(rig), ['v1']);
    assert.equal(rig.status('shop').outcome, 'held');
  });

  it('stands while something else is committed, and ends when the workload changes', async () => {
    const rig = await history('v1', 'v2');
    await rig.rollBack('shop');
    rig.files.set('other.yaml', 'kind: project\nname: other\nimage: example/shop\ntag: v3\n');
    await rig.settle();
    rig.files.set('shop.yaml', `# a word\n${shop('v2')}`);
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'held');
    await declare(rig, 'v3');
    assert.deepEqual(up(rig).sort(), ['v3', 'v3']);
    assert.equal(rig.control.hold('shop'), null);
  });

  it('stands while its manifest cannot be read', async () => {
    const rig = await history('v1', 'v2');
    await rig.rollBack('shop');
    rig.files.set('shop.yaml', 'kind: project\nname: shop\nimage: [');
    await rig.settle();
    assert.deepEqual(up(rig), ['v1']);
    rig.files.set('shop.yaml', shop('v2'));
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'held');
  });

  it('is lifted by a person', async () => {
    const rig = await history('v1', 'v2');
    await rig.rollBack('shop');
    rig.control.liftHold('shop');
    await rig.settle();
    assert.deepEqual(up(rig), ['v2']);
    assert.equal(rig.status('shop').outcome, 'converged');
  });

  it('leaves what was held against behind when the next version fails: back is to where the person went', async () => {
    const rig = await history('v1', 'v2');
    await rig.rollBack('shop');
    rig.engine.addImage('example/shop:bad', { health: 'unhealthy' });
    rig.files.set('shop.yaml', shop('bad'));
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'rolled-back');
    assert.deepEqual(up(rig), ['v1']);
  });

  it('goes further back when asked again, and to any version by its number', async () => {
    const rig = await history('v1', 'v2', 'v3');
    await rig.rollBack('shop');
    assert.deepEqual(up(rig), ['v2']);
    await rig.rollBack('shop');
    assert.deepEqual(up(rig), ['v1']);
    await rig.rollBack('shop', 2);
    assert.deepEqual(up(rig), ['v2']);
    await assert.rejects(rig.rollBack('shop', 3), reason('AsDeclared'));
    await assert.rejects(rig.rollBack('shop', 9), reason('RevisionUnknown'));
    assert.deepEqual(up(rig), ['v2']);
  });

  it('is refused where nothing is kept, and nothing is touched', async () => {
    const rig = await history('v1');
    rig.engine.forgetJournal();
    await assert.rejects(rig.rollBack('shop'), reason('NothingGood'));
    await assert.rejects(rig.rollBack('nobody'), reason('NotDeclared'));
    assert.deepEqual(rig.engine.journal(), []);
  });

  it('is refused where the image is gone for good, before anything is touched', async () => {
    const rig = await history('v1', 'v2');
    for (const entry of rig.containers())
      if (entry.endsWith('exited')) rig.engine.removeByHand(entry.split(' ')[0] ?? '');
    rig.engine.state.images.delete('example/shop:v1');
    await assert.rejects(rig.rollBack('shop'), reason('ImageMissing'));
    assert.equal(rig.control.hold('shop'), null);
    assert.deepEqual(up(rig), ['v2']);
  });

  it('makes a container again where only the image is left', async () => {
    const rig = await history('v1', 'v2');
    for (const entry of rig.containers())
      if (entry.endsWith('exited')) rig.engine.removeByHand(entry.split(' ')[0] ?? '');
    const answer = await rig.rollBack('shop');
    assert.equal(answer.standsBy, false);
    assert.deepEqual(up(rig), ['v1']);
  });

  it('is given up where the earlier version is no better: what ran stays', async () => {
    const rig = await history('v1', 'v2');
    const old =
      rig
        .containers()
        .find((entry) => entry.endsWith('exited'))
        ?.split(' ')[0] ?? '';
    rig.engine.addImage('example/shop:v1', { health: 'unhealthy' });
    assert.notEqual(old, '');
    await rig.rollBack('shop');
    assert.deepEqual(up(rig), ['v2']);
    assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
    assert.equal(rig.store.deploys('shop', { limit: 1 })[0]?.status, 'failed');
  });

  it('is given up as well where the engine fails at any call: what ran stays, and its deploy has ended', async () => {
    for (let call = 0; ; call++) {
      const rig = await history('v1', 'v2');
      rig.engine.addImage('example/shop:v1', { health: 'unhealthy' });
      const before = rig.engine.calls().length;
      await rig.rollBack('shop');
      const made = rig.engine.calls().slice(before);
      const name = made[call];
      if (name === undefined) break;
      const when = `${name}, call ${call + 1}`;

      const again = await history('v1', 'v2');
      again.engine.addImage('example/shop:v1', { health: 'unhealthy' });
      const skip = made.slice(0, call).filter((one) => one === name).length;
      again.engine.failNext(name, { moment: 'before', skip });
      await again.rollBack('shop').catch((error: unknown) => assert.ok(isFault(error), when));
      for (let pass = 0; pass < 2; pass++) {
        again.clock.advance(1_200_000);
        await again.settle();
      }
      assert.deepEqual(up(again), ['v2'], when);
      const open = again.store.deploys('shop', { limit: 9 }).filter((row) => row.finishedAtMs === null);
      assert.deepEqual(
        open.map(({ status, toVersion }) => [status, toVersion]),
        [],
        when,
      );
    }
  });

  it('ends the deploy of a version that never came so far', async () => {
    const rig = await history('v1', 'v2');
    rig.engine.failNext('pullImage', { moment: 'before' });
    rig.files.set('shop.yaml', shop('v9'));
    await rig.settle();
    assert.equal(rig.store.deploys('shop', { limit: 1 })[0]?.finishedAtMs, null);
    await rig.rollBack('shop', 2);
    assert.deepEqual(up(rig), ['v2']);
    assert.equal(rig.status('shop').outcome, 'held');
    const [deploy] = rig.store.deploys('shop', { limit: 1 });
    assert.deepEqual([deploy?.status, deploy?.reason, deploy?.toVersion], ['failed', 'Superseded', 'v9']);
  });

  it('goes on after a kill at any of its calls', async () => {
    for (const moment of ['before', 'after'] as const) {
      for (let write = 1; write < 20; write++) {
        const rig = await history('v1', 'v2');
        const loop = rig.boot();
        await loop.rollBack({ unit: 'shop', to: null, by: 'adm' });
        const end = await rig.dieAt(write, moment);
        assert.ok(up(rig).length > 0, `nothing runs after a kill ${moment} call ${write}`);
        await rig.settle();
        assert.deepEqual(up(rig), ['v1'], `killed ${moment} call ${write}`);
        assert.equal(rig.status('shop').outcome, 'held');
        assert.equal(rig.store.deploys('shop', { limit: 1 })[0]?.status, 'rolled_back');
        if (end === 'finished') break;
        assert.ok(write < 19, 'a rollback without end');
      }
    }
  });
});

describe('a version that falls ill right after it took over', () => {
  it('is put away, and the one before comes back from its stopped container', async () => {
    const rig = await history('v1', 'v2');
    const now =
      rig
        .containers()
        .find((entry) => entry.endsWith('running'))
        ?.split(' ')[0] ?? '';
    rig.engine.exit(now, 3);
    await rig.settle();
    assert.deepEqual(up(rig), ['v1']);
    const status = rig.status('shop');
    assert.deepEqual(
      [status.outcome, status.reason],
      ['rolled-back', 'UnhealthyAfterSwitch'],
      status.sentence,
    );
    assert.equal(rig.store.deploys('shop', { limit: 1 })[0]?.status, 'rolled_back');
    rig.engine.forgetJournal();
    await rig.settle();
    assert.deepEqual(rig.engine.journal(), [], 'it is not tried again');
  });

  it('is known after a restart', async () => {
    const rig = await history('v1', 'v2');
    const now =
      rig
        .containers()
        .find((entry) => entry.endsWith('running'))
        ?.split(' ')[0] ?? '';
    rig.engine.exit(now, 3);
    rig.boot();
    await rig.settle();
    assert.deepEqual(up(rig), ['v1']);
  });

  it('is left to its restarts where nothing was before it', async () => {
    const rig = await history('v1');
    rig.engine.exit(rig.containers()[0]?.split(' ')[0] ?? '', 3);
    await rig.settle();
    assert.deepEqual(rig.control.quarantine('shop'), []);
  });

  it('is started again where a person stopped it', async () => {
    const rig = await history('v1', 'v2');
    const now =
      rig
        .containers()
        .find((entry) => entry.endsWith('running'))
        ?.split(' ')[0] ?? '';
    rig.engine.stopByHand(now);
    await rig.settle();
    assert.deepEqual(up(rig), ['v2']);
  });
});

describe('versions to go back to', () => {
  it('are as many as are asked for; older containers and their records go', async () => {
    const rig = await history('v1', 'v2', 'v3', 'v4', 'v5', 'v6', 'v7');
    await rig.settle();
    assert.deepEqual(
      rig.control.revisions('shop').map((entry) => entry.release),
      ['v7', 'v6', 'v5', 'v4', 'v3'],
    );
    assert.equal(rig.containers().length, 5, rig.containers().join());
    assert.equal(rig.control.allRevisions().length, 5);
  });

  it('are gone with the workload', async () => {
    const rig = await history('v1', 'v2');
    rig.files.delete('shop.yaml');
    rig.files.set('other.yaml', 'kind: project\nname: other\nimage: example/shop\ntag: v3\n');
    await rig.settle({ prune: 'given' });
    assert.equal(rig.containers().length, 1);
    await rig.settle();
    assert.deepEqual(rig.control.revisions('shop'), []);
  });
});
