// Contract: the life of a container, and that each step is done when it is so already.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import { pack } from 'tar-stream';
import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';
import { readTar } from '../support/fake-runtime-archive.ts';
import { until } from '../support/real/until.ts';
import { healthy, inList, rejectsWith } from './container-runtime.expect.ts';
import { createRequest, type RuntimeHarness } from './container-runtime.harness.ts';

export function containerCases(get: () => RuntimeHarness): void {
  /** A container that was started; its name is PREFIX-LABEL. */
  async function started(
    label: string,
    change: Omit<Parameters<typeof createRequest>[1], 'name'> = {},
  ): Promise<{ id: string; name: string; runtime: ContainerRuntime }> {
    const { runtime, prefix } = get();
    const name = `${prefix}-${label}`;
    const { id } = await runtime.createContainer(createRequest(get(), { name, ...change }));
    await runtime.startContainer(id);
    return { id, name, runtime };
  }

  const inspected = async (runtime: ContainerRuntime, id: string) => {
    const facts = await runtime.inspectContainer(id);
    assert.ok(facts !== null, 'the container is there');
    return facts;
  };

  describe('start and stop', () => {
    it('runs after a start, and a second start changes nothing', async () => {
      const { id, name, runtime } = await started('runs');
      const facts = await inspected(runtime, id);
      assert.equal(facts.state, 'running');
      assert.equal(facts.running, true);
      await runtime.startContainer(name);
      assert.equal((await inspected(runtime, id)).startedAtMs, facts.startedAtMs);
      assert.ok(((await inList(runtime, name))?.upSeconds ?? -1) >= 0);
    });

    it('stops within the grace, and a second stop is success', async () => {
      const { id, name, runtime } = await started('stops', { spec: { image: get().images.checked } });
      await healthy(runtime, name);
      await runtime.stopContainer(id, { graceMs: 5_000 });
      await runtime.stopContainer(id, { graceMs: 5_000 });
      const container = await inList(runtime, name);
      assert.equal(container?.state, 'exited');
      assert.equal(container?.exitCode, 0);
      assert.equal(container?.upSeconds, null);
    });

    it('kills what does not end within the grace', async () => {
      const { id, name, runtime } = await started('stubborn', { spec: { image: get().images.stubborn } });
      await runtime.stopContainer(id, { graceMs: 1_000 });
      assert.equal((await inList(runtime, name))?.exitCode, 137);
    });

    it('tells the exit code and the log of what ended by itself', async () => {
      const { id, runtime } = await started('exits', { spec: { image: get().images.exits } });
      const facts = await until({
        what: 'the container to end',
        look: async () => {
          const seen = await inspected(runtime, id);
          return seen.running ? undefined : seen;
        },
      });
      assert.equal(facts.exitCode, 3);
      assert.ok((await runtime.logs(id, { tail: 10 })).includes('reading the configuration'));
      assert.equal((await runtime.logs(id, { tail: 1 })).length, 1);
    });

    it('of a port that is taken is PortTaken, and names the holder', async () => {
      const { prefix, addStranger, freePort } = get();
      const published = await freePort();
      const holder = `${prefix}-holder`;
      await addStranger(holder, published);
      const ports = [{ target: 8080, published, hostIp: '127.0.0.1', protocol: 'tcp' as const }];
      await rejectsWith(started('portless', { spec: { ports } }), {
        reason: 'PortTaken',
        disposition: 'stalled',
        words: new RegExp(`${published}.*${holder}`),
      });
    });

    it('in a network that is gone is a conflict', async () => {
      const { prefix } = get();
      const endpoints = [{ network: `${prefix}-never-made`, aliases: [] }];
      await rejectsWith(started('netless', { endpoints }), {
        reason: 'NetworkGone',
        disposition: 'conflict',
      });
    });

    it('of a container that is gone is ContainerGone', async () => {
      const { runtime, prefix } = get();
      const gone = { reason: 'ContainerGone', disposition: 'conflict' } as const;
      await rejectsWith(runtime.startContainer(`${prefix}-nobody`), gone);
      await rejectsWith(runtime.stopContainer(`${prefix}-nobody`, { graceMs: 0 }), gone);
      await rejectsWith(runtime.renameContainer(`${prefix}-nobody`, `${prefix}-no`), gone);
      await rejectsWith(runtime.logs(`${prefix}-nobody`, { tail: 1 }), gone);
    });
  });

  describe('inspection', () => {
    it('is null for what is not there', async () => {
      const { runtime, prefix, images } = get();
      assert.equal(await runtime.inspectContainer(`${prefix}-nobody`), null);
      assert.equal(await runtime.inspectImage(images.missing), null);
    });

    it('tells which images have a check of their own', async () => {
      const { runtime, images } = get();
      assert.equal((await runtime.inspectImage(images.checked))?.hasHealthcheck, true);
      assert.equal((await runtime.inspectImage(images.web))?.hasHealthcheck, false);
    });

    it('tells what it has of the machine, and whether its network is the machine’s', async () => {
      const mounts = [{ type: 'bind' as const, source: '/etc', target: '/seen', readOnly: true }];
      const { id, runtime } = await started('mounted', { spec: { mounts } });
      const facts = await inspected(runtime, id);
      assert.deepEqual(facts.mounts, [{ target: '/seen', source: '/etc' }]);
      assert.equal(facts.onHostNetwork, false);
      const host = await started('on-host', { spec: { networkMode: 'host' } });
      assert.equal((await inspected(runtime, host.id)).onHostNetwork, true);
    });

    it('publishes a port for probes on loopback, chosen by the engine', async () => {
      const { id, runtime } = await started('probed', { publishForProbe: 8080 });
      const [published] = (await inspected(runtime, id)).published;
      assert.equal(published?.target, 8080);
      assert.equal(published?.hostIp, '127.0.0.1');
      assert.ok((published?.port ?? 0) > 1024);
    });

    it('follows the check of an image to healthy and to unhealthy', async () => {
      const well = await started('well', { spec: { image: get().images.checked } });
      const ill = await started('ill', { spec: { image: get().images.checkedIll } });
      for (const [{ name, runtime }, health] of [
        [well, 'healthy'],
        [ill, 'unhealthy'],
      ] as const) {
        await until({
          what: `${name} to be ${health}`,
          look: async () => (await inList(runtime, name))?.health === health,
        });
      }
      assert.equal((await inspected(well.runtime, well.id)).health.status, 'healthy');
    });

    it('runs a command of the manifest as the check', async () => {
      const timing = { intervalMs: 500, timeoutMs: 2_000, retries: 1, startPeriodMs: 0 };
      const health = { type: 'command' as const, test: ['CMD', 'true'], timing };
      const { name, runtime } = await started('commanded', { spec: { health } });
      await healthy(runtime, name);
    });
  });

  describe('rename and remove', () => {
    it('renames, and having the name already is success', async () => {
      const { id, runtime } = await started('old-name');
      const name = `${get().prefix}-new-name`;
      await runtime.renameContainer(id, name);
      await runtime.renameContainer(id, name);
      assert.equal((await inList(runtime, name))?.id, id);
    });

    it("to a stranger's name is NameTaken", async () => {
      const { prefix, addStranger } = get();
      const { id, runtime } = await started('wants-name');
      await addStranger(`${prefix}-wanted`, null);
      const taken = { reason: 'NameTaken', disposition: 'conflict' } as const;
      await rejectsWith(runtime.renameContainer(id, `${prefix}-wanted`), taken);
    });

    it('removes what runs, and what is gone already', async () => {
      const { id, name, runtime } = await started('removed');
      await runtime.removeContainer(id);
      await runtime.removeContainer(id);
      await runtime.removeContainer(name);
      assert.equal(await inList(runtime, name), undefined);
    });
  });

  describe('files and logs', () => {
    it('takes an archive before the start', async () => {
      const { runtime, prefix } = get();
      const request = createRequest(get(), { name: `${prefix}-files` });
      const { id } = await runtime.createContainer(request);
      const archive: NodeJS.ReadableStream & ReturnType<typeof pack> = pack() as never;
      archive.entry({ name: 'etc/app/settings.ini', mode: 0o444 }, 'colour=blue\n');
      archive.finalize();
      await runtime.putArchive(id, { path: '/', archive });
      assert.equal((await inspected(runtime, id)).state, 'created');
    });

    it('gives a folder back as an archive under its name, of a container that ended too; null where there is none', async () => {
      const { runtime, prefix } = get();
      const name = `${prefix}-read`;
      const { id } = await runtime.createContainer(createRequest(get(), { name }));
      const archive: NodeJS.ReadableStream & ReturnType<typeof pack> = pack() as never;
      archive.entry({ name: 'some/out/a.txt' }, 'one');
      archive.entry({ name: 'some/out/deep/b.txt' }, 'two');
      archive.finalize();
      await runtime.putArchive(id, { path: '/tmp', archive });
      const read = (path: string) =>
        runtime.readArchive(name, { path, use: (stream) => readTar(stream, '/got') });
      const files = await read('/tmp/some/out');
      assert.deepEqual([...(files ?? [])].map(([path, { content }]) => [path, content]).sort(), [
        ['/got/out/a.txt', 'one'],
        ['/got/out/deep/b.txt', 'two'],
      ]);
      assert.equal(await read('/tmp/nothing'), null);
    });

    it('tells how much a container has written, and nothing of one that is gone', async () => {
      const { runtime, prefix } = get();
      const { id } = await runtime.createContainer(createRequest(get(), { name: `${prefix}-writes` }));
      const before = (await runtime.writtenBytes(id, { volumes: [] })) ?? Number.NaN;
      const archive: NodeJS.ReadableStream & ReturnType<typeof pack> = pack() as never;
      archive.entry({ name: 'much.txt' }, 'x'.repeat(300_000));
      archive.finalize();
      await runtime.putArchive(id, { path: '/tmp', archive });
      const after = await runtime.writtenBytes(id, { volumes: [`${prefix}-nothing`] });
      assert.ok(after !== null && after - before >= 300_000, `${before} to ${after}`);
      assert.equal(await runtime.writtenBytes(`${prefix}-nobody`, { volumes: [] }), null);
    });

    it('passes on what is wrong with the archive itself', async () => {
      const { runtime, prefix } = get();
      const { id } = await runtime.createContainer(createRequest(get(), { name: `${prefix}-cut-files` }));
      const archive = Readable.from(
        (async function* () {
          yield Buffer.alloc(512);
          throw new Error('the disk is unhappy');
        })(),
      );
      await assert.rejects(runtime.putArchive(id, { path: '/', archive }), /the disk is unhappy/);
    });

    it('follows a log until the signal', async () => {
      const { id, runtime } = await started('followed', { spec: { image: get().images.exits } });
      const lines: string[] = [];
      const stop = new AbortController();
      const following = runtime.followLogs(id, {
        tail: 10,
        signal: stop.signal,
        onLine: (line) => lines.push(line),
      });
      await until({ what: 'a line', look: () => lines.includes('reading the configuration') });
      stop.abort();
      await following;
    });
  });
}
