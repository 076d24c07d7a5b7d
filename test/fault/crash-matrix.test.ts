// A kill between any two steps of a deploy, then a restart: converged, nothing left over, and law 1 kept on the way.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';

const MOST_WRITES = 60;

const blueGreen = (tag: string): string => `kind: project
name: shop
image: example/shop
tag: "${tag}"
port: 8080
healthcheck: { http: /healthz, interval: 100ms, retries: 3 }
replicas: 2
configs: []
`;

const recreate = (tag: string): string => `kind: project
name: shop
image: example/shop
tag: "${tag}"
volumes: ["data:/data"]
healthcheck: { http: /healthz, port: 8080, interval: 100ms, retries: 3 }
`;

/** With a neighbour on its network the name is taken after the proof: that is one step more. */
async function stand(manifest: (tag: string) => string): Promise<LoopRig> {
  const rig = createLoopRig({ revisions: 1 });
  for (const version of ['v1', 'v2']) rig.engine.addImage(`example/shop:${version}`);
  rig.engine.addImage('example/shop:bad', { health: 'unhealthy' });
  rig.files.set('shop.yaml', manifest('v1'));
  await rig.settle();
  rig.engine.addStranger({ name: 'neighbour' });
  await rig.engine.runtime().connectNetwork('neighbour', { network: 'shop', aliases: [] });
  return rig;
}

function runningOf(rig: LoopRig, tag: string): number {
  return [...rig.engine.state.containers.values()].filter(
    (entry) => entry.image.endsWith(`:${tag}`) && entry.state === 'running',
  ).length;
}

/** Beside them the version before stands by, stopped: exactly what can be rolled back to is left. */
function running(rig: LoopRig): string[] {
  const all = rig.containers().filter((entry) => !entry.startsWith('neighbour '));
  const up = all.filter((entry) => entry.endsWith(' running'));
  assert.ok(all.length <= 2 * up.length, all.join());
  assert.ok(
    all.every((entry) => up.includes(entry) || entry.endsWith(' exited')),
    all.join(),
  );
  return up;
}

describe('killed between any two steps', () => {
  for (const moment of ['before', 'after'] as const) {
    it(`blue-green, ${moment} each write: the old one serves until the new one does, and the restart converges`, async () => {
      let end: string = 'died';
      let write = 0;
      for (write = 1; end === 'died'; write++) {
        assert.ok(write < MOST_WRITES, 'the deploy does not end');
        const rig = await stand(blueGreen);
        rig.files.set('shop.yaml', blueGreen('v2'));
        end = await rig.dieAt(write, moment);
        assert.ok(runningOf(rig, 'v1') + runningOf(rig, 'v2') >= 1, `nobody runs after write ${write}`);
        await rig.settle();
        assert.equal(
          rig.status('shop').outcome,
          'converged',
          `write ${write}: ${rig.status('shop').sentence}`,
        );
        assert.equal(running(rig).length, 2, `write ${write}: ${rig.containers().join(', ')}`);
        assert.equal(runningOf(rig, 'v2'), 2);
        assert.equal(rig.store.deploys('shop', { limit: 1 })[0]?.status, 'success', `write ${write}`);
      }
      assert.ok(write > 6, `only ${write} writes: the matrix is not what it claims`);
    });

    it(`recreate, ${moment} each write: the data has one writer at a time, and the restart converges`, async () => {
      let end: string = 'died';
      for (let write = 1; end === 'died'; write++) {
        assert.ok(write < MOST_WRITES, 'the deploy does not end');
        const rig = await stand(recreate);
        rig.files.set('shop.yaml', recreate('v2'));
        end = await rig.dieAt(write, moment);
        assert.ok(runningOf(rig, 'v1') + runningOf(rig, 'v2') <= 1, `two writers after write ${write}`);
        await rig.settle();
        assert.equal(
          rig.status('shop').outcome,
          'converged',
          `write ${write}: ${rig.status('shop').sentence}`,
        );
        assert.equal(running(rig).length, 1, `write ${write}: ${rig.containers().join(', ')}`);
        assert.equal(runningOf(rig, 'v2'), 1);
      }
    });

    it(`a bad version, ${moment} each write: the old one is what runs in the end`, async () => {
      for (const manifest of [blueGreen, recreate]) {
        let end: string = 'died';
        for (let write = 1; end === 'died'; write++) {
          assert.ok(write < MOST_WRITES, 'the deploy does not end');
          const rig = await stand(manifest);
          const before = runningOf(rig, 'v1');
          rig.files.set('shop.yaml', manifest('bad'));
          end = await rig.dieAt(write, moment);
          await rig.settle();
          assert.equal(
            rig.status('shop').outcome,
            'rolled-back',
            `write ${write}: ${rig.status('shop').sentence}`,
          );
          assert.equal(runningOf(rig, 'v1'), before);
          assert.equal(runningOf(rig, 'bad'), 0);
        }
      }
    });
  }

  it('each kind of engine call that fails once is survived, before and after its effect', async () => {
    const calls = [
      'createContainer',
      'startContainer',
      'stopContainer',
      'removeContainer',
      'connectNetwork',
      'inspectContainer',
      'listContainers',
    ] as const;
    for (const call of calls) {
      for (const moment of ['before', 'after'] as const) {
        const rig = await stand(blueGreen);
        rig.files.set('shop.yaml', blueGreen('v2'));
        rig.engine.failNext(call, { moment });
        await rig.settle();
        assert.ok(runningOf(rig, 'v1') + runningOf(rig, 'v2') >= 1, `${call} ${moment}`);
        rig.clock.advance(600_000);
        await rig.settle();
        assert.equal(rig.engine.unmetFaults(), 0, `${call} was never called`);
        assert.equal(
          rig.status('shop').outcome,
          'converged',
          `${call} ${moment}: ${rig.status('shop').sentence}`,
        );
        assert.equal(runningOf(rig, 'v2'), 2, `${call} ${moment}`);
        assert.equal(running(rig).length, 2, `${call} ${moment}: ${rig.containers().join(', ')}`);
      }
    }
  });

  it('recreate: whatever call fails once after the old one was stopped, one of both runs when the work rests', async () => {
    const calls = ['startContainer', 'inspectContainer', 'connectNetwork', 'removeContainer'] as const;
    let met = 0;
    for (const call of calls) {
      for (const moment of ['before', 'after'] as const) {
        const rig = await stand(recreate);
        rig.files.set('shop.yaml', recreate('v2'));
        rig.engine.failNext(call, { moment });
        await rig.settle();
        met += rig.engine.unmetFaults() === 0 ? 1 : 0;
        assert.equal(runningOf(rig, 'v1') + runningOf(rig, 'v2'), 1, `${call} ${moment}`);
        assert.deepEqual(rig.control.quarantine('shop'), [], 'no fault of the version');
        rig.clock.advance(1_200_000);
        await rig.settle();
        assert.equal(rig.status('shop').outcome, 'converged', `${call} ${moment}`);
        assert.equal(runningOf(rig, 'v2'), 1, `${call} ${moment}`);
        assert.equal(running(rig).length, 1, `${call} ${moment}: ${rig.containers().join(', ')}`);
      }
    }
    assert.ok(met >= 6, `only ${met} of the calls were made`);
  });

  it('the index is deleted while everything runs: no container is touched, holds stay', async () => {
    const rig = await stand(blueGreen);
    rig.files.set('shop.yaml', blueGreen('bad'));
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'rolled-back');
    rig.engine.forgetJournal();
    rig.loseIndex();
    assert.equal(rig.store.statuses().length, 0);
    await rig.settle();
    assert.deepEqual(rig.engine.journal(), []);
    assert.equal(rig.status('shop').outcome, 'rolled-back');
  });
});
