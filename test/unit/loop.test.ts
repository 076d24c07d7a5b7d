// The loop over a fake engine: what a person would see from one end to the other.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';

function shop(tag: string, more = ''): string {
  return `kind: project
name: shop
image: example/shop
tag: "${tag}"
port: 8080
healthcheck: { http: /healthz, interval: 100ms, retries: 3 }
replicas: 2
${more}`;
}

async function running(tag = 'v1'): Promise<LoopRig> {
  const rig = createLoopRig();
  for (const version of ['v1', 'v2', 'v3']) rig.engine.addImage(`example/shop:${version}`);
  rig.engine.addImage('example/shop:bad', { health: 'unhealthy' });
  rig.files.set('shop.yaml', shop(tag));
  await rig.settle();
  return rig;
}

describe('loop', () => {
  it('converges a project and then does nothing', async () => {
    const rig = await running();
    assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
    assert.equal(rig.containers().length, 2);
    rig.engine.forgetJournal();
    const writes = rig.store.writes();
    await rig.settle();
    assert.deepEqual(rig.engine.journal(), []);
    assert.equal(rig.store.writes(), writes);
  });

  it('does nothing twice when work ends between a look at the engine and its plan', async () => {
    const rig = createLoopRig();
    rig.engine.addImage('example/shop:v1', {});
    for (let index = 1; index <= 12; index++)
      rig.files.set(`app-${index}.yaml`, `kind: project\nname: app-${index}\nimage: example/shop:v1\n`);
    const { runtime } = rig.engine;
    rig.engine.runtime = () => answeringLate(runtime());
    await rig.settle();
    const starts = rig.engine.journal().filter((call) => call.startsWith('startContainer'));
    assert.equal(starts.length, 12, starts.join('\n'));
    assert.equal(rig.store.deploys(null, { limit: 100 }).length, 12);
  });

  it('switches to a new version, and the old one stands by', async () => {
    const rig = await running();
    rig.files.set('shop.yaml', shop('v2'));
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
    assert.equal(rig.status('shop').runs, 'v2');
    const up = rig.containers().filter((entry) => entry.endsWith('running'));
    assert.equal(up.length, 2);
    assert.equal(rig.containers().length, 4, 'the old one stands by, stopped');
    assert.deepEqual(
      rig.store.deploys('shop', { limit: 5 }).map((row) => row.status),
      ['success', 'success'],
    );
  });

  it('keeps the old version when the new one never becomes healthy, and says so', async () => {
    const rig = await running();
    rig.files.set('shop.yaml', shop('bad'));
    await rig.settle();
    const status = rig.status('shop');
    assert.equal(status.outcome, 'rolled-back', status.sentence);
    assert.equal(status.runs, 'v1');
    assert.equal(status.wants, 'bad');
    assert.equal(rig.containers().filter((entry) => entry.endsWith('running')).length, 2);
    assert.equal(rig.containers().filter((entry) => entry.includes('-failed')).length, 2);
    rig.engine.forgetJournal();
    await rig.settle();
    assert.deepEqual(rig.engine.journal(), [], 'a quarantined version is not tried again');
    rig.files.set('shop.yaml', shop('v3'));
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged');
    const left = rig.containers().filter((entry) => entry.includes('-failed'));
    assert.deepEqual(left, [], 'the failed ones are cleared away by the next good deploy');
  });

  it('ends the deploy of a version that never came, when its manifest goes back to what runs', async () => {
    const rig = await running();
    rig.engine.failNext('pullImage', { moment: 'before' });
    rig.files.set('shop.yaml', shop('v9'));
    await rig.settle();
    assert.equal(rig.store.deploys('shop', { limit: 1 })[0]?.finishedAtMs, null);
    rig.files.set('shop.yaml', shop('v1'));
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
    const [deploy] = rig.store.deploys('shop', { limit: 1 });
    assert.deepEqual([deploy?.status, deploy?.reason, deploy?.toVersion], ['failed', 'Superseded', 'v9']);
  });

  for (const [what, tag] of [
    ['what it names', 'v2'],
    ['what it ran, for what it names never came', 'v9'],
  ] as const)
    it(`stopped by its manifest it is told as stopped: ${what}; how it ends is nobody's fault`, async () => {
      const rig = await running();
      rig.engine.addPullable('example/shop:v9', 'the registry is away');
      for (const next of ['v2', tag]) {
        rig.files.set('shop.yaml', shop(next));
        await rig.settle();
      }
      rig.files.set('shop.yaml', shop(tag, 'state: stopped\n'));
      await rig.settle();
      // As many programs do that are asked to end.
      for (const container of rig.engine.state.containers.values()) container.exitCode = 1;
      for (let pass = 0; pass < 3; pass++) {
        rig.clock.advance(1_000);
        if (pass === 1) rig.boot();
        await rig.settle();
      }
      assert.deepEqual(rig.control.quarantine('shop'), []);
      assert.equal(rig.status('shop').sentence, 'is stopped, as declared');
      const [last, before] = rig.store.deploys('shop', { limit: 2 });
      assert.deepEqual([last?.status, last?.toVersion, last?.cause], ['success', 'v2', 'state: stopped']);
      assert.deepEqual(
        [before?.status, before?.toVersion],
        tag === 'v9' ? ['failed', 'v9'] : ['success', 'v2'],
      );
      const [event] = rig.store.events({ limit: 1 });
      assert.deepEqual([event?.reason, event?.message], ['Stopped', 'stopped, as its manifest says']);
    });

  it('heals what was stopped or removed by hand', async () => {
    const rig = await running();
    const [first = '', second = ''] = rig.containers().map((entry) => entry.split(' ')[0] ?? '');
    rig.engine.stopByHand(first);
    rig.engine.removeByHand(second);
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
    assert.equal(rig.containers().filter((entry) => entry.endsWith('running')).length, 2);
    assert.ok(rig.store.events({ limit: 10 }).some((event) => event.reason === 'DriftHealed'));
  });

  it('removes what left the source, and only that', async () => {
    const rig = await running();
    rig.engine.addImage('example/other:1');
    rig.files.set(
      'other.yaml',
      'kind: project\nname: other\nimage: example/other\ntag: "1"\nhealthcheck: { disable: true }\n',
    );
    await rig.settle();
    assert.equal(rig.containers().length, 3);
    rig.files.delete('shop.yaml');
    await rig.settle();
    assert.deepEqual(
      rig.containers().map((entry) => entry.split('-')[0]),
      ['other'],
    );
  });

  for (const [what, before, restarted] of [
    ['ran', 'v1', false],
    ['never ran', null, false],
    ['never ran, as a restarted controller finds it', null, true],
  ] as const)
    it(`ends the deploy of what leaves its source meanwhile and ${what}, and knows nothing of it any more`, async () => {
      const rig = createLoopRig();
      for (const tag of ['v1', 'v3']) rig.engine.addImage(`example/shop:${tag}`);
      rig.engine.failNext('pullImage', { moment: 'before' });
      rig.files.set('other.yaml', shop('v3').replace('name: shop', 'name: other'));
      for (const tag of [before, 'v9']) {
        if (tag !== null) rig.files.set('shop.yaml', shop(tag));
        await rig.settle();
      }
      assert.equal(rig.store.deploys('shop', { limit: 1 })[0]?.finishedAtMs, null);
      rig.files.delete('shop.yaml');
      if (restarted) rig.boot();
      await rig.settle({ prune: 'given' });
      await rig.settle();
      const [deploy] = rig.store.deploys('shop', { limit: 1 });
      assert.deepEqual([deploy?.status, deploy?.toVersion, deploy?.reason], ['failed', 'v9', 'Superseded']);
      assert.equal(rig.store.status('shop'), null);
    });

  it('leaves stopped what was stopped, whatever becomes of its file, and starts it when that is wished again', async () => {
    const rig = await running();
    rig.files.set('shop.yaml', shop('v1', 'state: stopped\n'));
    await rig.settle();
    const stopped = rig.containers();
    assert.ok(stopped.length > 0 && stopped.every((entry) => entry.endsWith('exited')), stopped.join());
    for (const text of ['kind: project\nname: shop\nimage: [', `${shop('v1')}enviroment: {}\n`]) {
      rig.files.set('shop.yaml', text);
      await rig.settle();
      assert.equal(rig.status('shop').outcome, 'held');
      assert.deepEqual(rig.containers(), stopped);
    }
    rig.boot();
    await rig.settle();
    assert.deepEqual(rig.containers(), stopped, 'nor does a restarted controller start it');
    rig.files.set('shop.yaml', shop('v1'));
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged', rig.status('shop').sentence);
    assert.equal(rig.containers().filter((entry) => entry.endsWith('running')).length, 2);
    rig.files.set('shop.yaml', `${shop('v1')}enviroment: {}\n`);
    rig.engine.stopByHand(rig.containers()[0]?.split(' ')[0] ?? '');
    await rig.settle();
    assert.equal(rig.containers().filter((entry) => entry.endsWith('running')).length, 2);
  });

  it('holds a workload whose file breaks, and prunes nothing of its source', async () => {
    const rig = await running();
    rig.files.set('shop.yaml', `${shop('v2')}enviroment: {}\n`);
    await rig.settle();
    const status = rig.status('shop');
    assert.equal(status.outcome, 'held', status.sentence);
    assert.match(status.sentence, /runs as last applied; shop\.yaml:\d+:\d+: `enviroment`/);
    assert.equal(status.runs, 'v1');
    const [first = ''] = rig.containers().map((entry) => entry.split(' ')[0] ?? '');
    rig.engine.removeByHand(first);
    await rig.settle();
    assert.equal(
      rig.containers().filter((entry) => entry.endsWith('running')).length,
      2,
      'a held workload is healed as last applied',
    );
  });
});

describe('retry', () => {
  it('tries as often as the manifest allows, then waits for a person', async () => {
    const rig = createLoopRig();
    const refusal = 'the registry is away';
    rig.engine.addPullable('example/shop:v1', refusal);
    rig.files.set('shop.yaml', shop('v1', 'retry: { limit: 2, backoff: 1s }\n'));
    for (let pass = 0; pass < 6; pass++) {
      await rig.settle();
      rig.clock.advance(3_600_000);
    }
    const pulls = rig.engine.journal().filter((entry) => entry.startsWith('pullImage'));
    assert.equal(pulls.length, 3, 'once, and two more times');
    assert.equal(rig.status('shop').outcome, 'failed');
    rig.engine.addImage('example/shop:v1');
    rig.files.set('shop.yaml', shop('v1', 'environment: { A: "1" }\nretry: { limit: 2, backoff: 1s }\n'));
    await rig.settle();
    assert.equal(rig.status('shop').outcome, 'converged', 'a change starts it again');
  });
});

/** Its list is of the moment when it was asked for, and arrives when much else has happened; each start takes a while. */
function answeringLate(runtime: ContainerRuntime): ContainerRuntime {
  const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
  };
  return {
    ...runtime,
    async listContainers() {
      const list = await runtime.listContainers();
      await turns(50);
      return list;
    },
    async startContainer(container) {
      await turns(10);
      return runtime.startContainer(container);
    },
  };
}
