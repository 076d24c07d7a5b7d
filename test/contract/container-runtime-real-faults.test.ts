// Proves on a real engine of our own what no fake can: frozen, killed, started again, and really reached.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { pack } from 'tar-stream';
import { findReach } from '../../src/adapters/docker/reach.ts';
import { createDockerRuntime } from '../../src/adapters/docker/runtime.ts';
import { createProber } from '../../src/adapters/prober/prober.ts';
import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';
import { type OwnEngine, startEngine } from '../support/real/engine.ts';
import { loadTestImages, testImages } from '../support/real/images.ts';
import { until } from '../support/real/until.ts';
import { inList, rejectsWith } from './container-runtime.expect.ts';
import { CONTROLLER, createRequest, type RuntimeHarness } from './container-runtime.harness.ts';

describe('a real engine of our own', () => {
  let engine: OwnEngine;
  let runtime: ContainerRuntime;
  const request = (change: Parameters<typeof createRequest>[1]) =>
    createRequest({ prefix: 'own', images: { web: testImages.web1 } } as RuntimeHarness, change);

  before(async () => {
    engine = await startEngine({ name: 'runtime-faults' });
    await loadTestImages(engine);
    runtime = createDockerRuntime({
      host: 'local',
      socketPath: engine.socketPath,
      controller: CONTROLLER,
      deadlines: { readMs: 1_000, listMs: 1_000, createMs: 1_000, pingMs: 300, pingEveryMs: 300 },
    });
  });
  after(async () => {
    runtime?.close();
    await engine?.stop();
  });

  it('says what it is', async () => {
    const info = await runtime.info();
    assert.equal(info.apiVersion, '1.45');
    assert.match(info.id, /^[0-9a-f-]{36}$/);
    assert.equal(info.swarm, 'inactive');
    assert.match(info.bridgeGateway ?? '', /^10\.\d+\.\d+\.1$/);
  });

  it('is reached over its network, though its bridge is down while it has no container', async () => {
    const { bridgeGateway } = await runtime.info();
    assert.equal(
      (await findReach({ inContainer: false, host: 'local', gateway: bridgeGateway })).reach,
      'network',
    );
  });

  it('runs what can be asked by address and by published port', async () => {
    await runtime.ensureNetwork('own-net', {});
    const endpoints = [{ network: 'own-net', aliases: ['own'] }];
    const { id } = await runtime.createContainer(
      request({ name: 'own-web', endpoints, publishForProbe: 8080 }),
    );
    await runtime.startContainer(id);
    const facts = await runtime.inspectContainer(id);
    const [published] = facts?.published ?? [];
    const targets = [
      { host: facts?.addresses['own-net'] ?? '', port: 8080 },
      { host: published?.hostIp ?? '', port: published?.port ?? 0 },
    ];
    const prober = createProber();
    for (const target of targets) {
      const result = await until({
        what: `an answer of ${target.host}:${target.port}`,
        look: async () => {
          const seen = await prober.http({ ...target, path: '/', timeoutMs: 1_000 });
          return seen.ok && seen;
        },
      });
      assert.equal(result.body, 'v1\n');
    }
  });

  it('has the files that were put into a container before its start', async () => {
    const command = ['sh', '-c', 'stat -c %a /etc/app/settings.ini; cat /etc/app/settings.ini'];
    const { id } = await runtime.createContainer(
      request({ name: 'own-files', spec: { image: testImages.shell, command } }),
    );
    const archive: NodeJS.ReadableStream & ReturnType<typeof pack> = pack() as never;
    archive.entry({ name: 'etc/app/settings.ini', mode: 0o440 }, `${'colour=blue\n'.repeat(20_000)}end\n`);
    archive.finalize();
    await runtime.putArchive(id, { path: '/', archive });
    await runtime.startContainer(id);
    await until({
      what: 'the end',
      look: async () => (await inList(runtime, 'own-files'))?.state === 'exited',
    });
    assert.equal((await runtime.logs(id, { tail: 30_000 }))[0], '440');
    assert.deepEqual(await runtime.logs(id, { tail: 2 }), ['colour=blue', 'end']);
  });

  it('frozen in a create does it when it thaws, and the next create finds it', async () => {
    await runtime.ping();
    engine.freeze();
    const slow = { reason: 'EngineSlow', disposition: 'retry' } as const;
    try {
      await rejectsWith(runtime.createContainer(request({ name: 'own-late', labels: digest })), slow);
      await rejectsWith(runtime.listContainers(), slow);
    } finally {
      engine.thaw();
    }
    const late = await until({ what: 'the late container', look: () => inList(runtime, 'own-late') });
    assert.equal((await runtime.createContainer(request({ name: 'own-late', labels: digest }))).id, late.id);
  });

  it('killed and started again is told once as away, and then as a gap', async () => {
    const told: string[] = [];
    const stop = runtime.watch({
      onEvent: () => undefined,
      onGap: (why) => told.push(why),
      onAway: (error) => told.push(error.message),
    });
    try {
      await until({ what: 'the stream', look: () => told.length === 1 });
      const { id } = await runtime.info();
      await engine.kill('SIGKILL');
      await rejectsWith(runtime.listContainers(), { reason: 'EngineAway', disposition: 'retry' });
      await until({ what: 'the outage', look: () => told.length === 2 });
      await engine.restart();
      await until({ what: 'the engine', look: () => told.length === 3, timeoutMs: 60_000 });
      assert.equal((await runtime.info()).id, id);
      assert.deepEqual([told[0], told[2]], ['listening to engine local', 'engine local answers again']);
      assert.match(told[1] ?? '', /^engine local does not answer/);
      assert.ok((await inList(runtime, 'own-web')) !== undefined);
    } finally {
      await stop();
    }
  });
});

/** Given, so that a create begins with its own call and not with a look at the image. */
const digest = { 'tinyforge.image-digest': `sha256:${'ab'.repeat(32)}` };
