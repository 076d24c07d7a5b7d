// The real process killed at each step of a deploy on the real engine, then started again: converged, and served all along.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RealController, realController } from '../support/real/controller.ts';
import { testImages } from '../support/real/images.ts';
import { assertTidy, killAtEach, kindsOf, nothingKept } from '../support/real/killed.ts';
import { freePort } from '../support/real/program.ts';
import { routedController } from '../support/real/routed.ts';
import { applyOnce, said, startTinyforge } from '../support/real/tinyforge.ts';
import { startTraffic } from '../support/real/traffic.ts';
import { until } from '../support/real/until.ts';

function manifest(rig: RealController, tag: string, more = ''): string {
  return `kind: project
name: ${rig.name}
image: tinyforge-test/web
tag: ${tag}
port: 8080
healthcheck: { http: /healthz, interval: 100ms, timeout: 2s, retries: 20 }
stop_grace_period: 1s
drain: 300ms
${more}`;
}

const deployed = (rig: RealController, more = '') => ({
  write: (tag: string) => rig.write('shop.yaml', manifest(rig, tag, more)),
  image: (tag: string) => `tinyforge-test/web:${tag}`,
});

describe('the process is killed', () => {
  it('blue-green, at each step: something that has the name answers at every moment, and the restart converges', async () => {
    await using rig = await nothingKept();
    await rig.write('shop.yaml', manifest(rig, 'v1'));
    assert.equal((await applyOnce(rig.config)).code, 0);
    await using client = await startTraffic(rig, { alias: rig.name });
    const steps = await killAtEach(rig, deployed(rig));
    const traffic = await client.stop();
    assert.deepEqual(kindsOf(steps), [
      'creating',
      'starting',
      'waiting',
      'giving',
      'letting',
      'stopping',
      'removing',
    ]);
    assert.deepEqual(traffic.failures, []);
    assert.ok(traffic.served > 50, `${traffic.served} looks only`);
    assert.deepEqual([...traffic.versions].sort(), ['v1', 'v2', 'v3']);
  });

  it('routed, at each step: whoever asks through the proxy is answered at every moment, by one host, and the restart converges', async () => {
    await using routed = await routedController({ reach: 'published' });
    const { rig, domain } = routed;
    // What stands by is not created again: each deploy is to have all the steps that there are.
    rig.config.keep.revisions = 1;
    const shop = deployed(rig, `domains: [${domain}]\n`);
    await shop.write('v1');
    assert.equal((await applyOnce(rig.config)).code, 0);
    await using load = routed.visitors();
    const steps = await killAtEach(rig, {
      ...shop,
      async write(tag) {
        assert.equal((await routed.hosts()).length, 1);
        await shop.write(tag);
      },
    });
    const { failures, byVersion, requests } = await load.stop();
    assert.deepEqual(kindsOf(steps), [
      'creating',
      'starting',
      'waiting',
      'asking',
      'routing',
      'letting',
      'stopping',
      'removing',
    ]);
    assert.deepEqual(failures, []);
    assert.ok(requests > 200, `${requests} requests only`);
    assert.deepEqual(Object.keys(byVersion).sort(), ['v1', 'v2', 'v3']);
    assert.equal((await routed.hosts()).length, 1);
  });

  it('recreate, at each step: the data has one writer at a time, and the restart converges', async () => {
    await using rig = await nothingKept();
    const volume = `volumes: ["${rig.name}-data:/data"]\n`;
    await rig.write('shop.yaml', manifest(rig, 'v1', volume));
    assert.equal((await applyOnce(rig.config)).code, 0);
    await using client = await startTraffic(rig, { alias: rig.name });
    const steps = await killAtEach(rig, deployed(rig, volume));
    const traffic = await client.stop();
    assert.deepEqual(kindsOf(steps), ['creating', 'stopping', 'starting', 'waiting', 'removing']);
    assert.equal(traffic.mostRunning, 1);
    // The watch sees what it claims to: the gap that recreate announces.
    assert.ok(traffic.failures.length > 0);
  });

  it('a bad version, killed while it is waited for: the restart puts it away, and the old one never stopped', async () => {
    await using rig = await realController();
    await rig.write('shop.yaml', manifest(rig, 'v1'));
    assert.equal((await applyOnce(rig.config)).code, 0);
    const [old] = await rig.containers();
    await using client = await startTraffic(rig, { alias: rig.name });
    await rig.write('shop.yaml', manifest(rig, 'never-healthy'));
    const deploy = await applyOnce(rig.config, {
      onAction: (count, kill) => {
        if (count === 3) kill('SIGKILL');
      },
    });
    assert.equal(deploy.signal, 'SIGKILL');
    const again = await applyOnce(rig.config);
    assert.equal(again.code, 1, again.output);
    assert.match(again.output, /rolled back/);
    const traffic = await client.stop();
    assert.deepEqual(traffic.failures, []);
    assert.deepEqual(traffic.versions, ['v1']);
    const left = await rig.containers();
    assert.deepEqual(
      left.filter(({ state }) => state === 'running').map(({ id }) => id),
      [old?.id],
    );
    assert.deepEqual(
      left.filter(({ state }) => state !== 'running').map(({ name }) => name.endsWith('-failed')),
      [true],
    );
  });
});

describe('the controller is told to stop', () => {
  it('in the middle of a deploy it ends by itself in good order, and the next start goes on and converges', async () => {
    await using rig = await realController();
    rig.config.listen.port = await freePort();
    await rig.write('shop.yaml', manifest(rig, 'v1'));
    assert.equal((await applyOnce(rig.config)).code, 0);
    await using client = await startTraffic(rig, { alias: rig.name });
    await rig.write('shop.yaml', manifest(rig, 'slow-start'));
    {
      await using first = await startTinyforge(rig.config, {
        args: ['run'],
        onAction: (count, kill) => {
          if (count === 3) kill('SIGTERM');
        },
      });
      assert.deepEqual(await first.ended, { code: 0, signal: null }, first.output());
      assert.match(first.output(), /Tinyforge has stopped/);
      assert.ok(!/removing/.test(first.actions().join()), 'it was told to stop before that');
    }
    await using second = await startTinyforge(rig.config, { args: ['run'] });
    await said(second, /Status page/);
    await until({
      what: 'the new version alone',
      look: async () => {
        const left = (await rig.containers()).filter(({ state }) => state !== 'exited');
        return left.length === 1 && left[0]?.image === testImages.slowStart && left[0].state === 'running';
      },
      timeoutMs: 60_000,
    });
    second.kill('SIGTERM');
    assert.equal((await second.ended).code, 0, second.output());
    const traffic = await client.stop();
    assert.deepEqual(traffic.failures, []);
    assert.deepEqual(traffic.versions, ['v1', 'slow-start']);
    await assertTidy(rig, testImages.slowStart, 'after both');
  });

  it('killed as `run`, started again as `run`: the lock of the dead is no obstacle', async () => {
    await using rig = await realController();
    rig.config.listen.port = await freePort();
    await rig.write('shop.yaml', manifest(rig, 'v1'));
    {
      await using first = await startTinyforge(rig.config, {
        args: ['run'],
        onAction: (_count, kill) => kill('SIGKILL'),
      });
      assert.equal((await first.ended).signal, 'SIGKILL', first.output());
    }
    await using second = await startTinyforge(rig.config, { args: ['run'] });
    await until({
      what: 'the project to answer by the API',
      look: async () => {
        const response = await fetch(`http://127.0.0.1:${rig.config.listen.port}/api/workloads`);
        return /"outcome":"converged"/.test(await response.text());
      },
      timeoutMs: 60_000,
    });
    second.kill('SIGTERM');
    assert.equal((await second.ended).code, 0, second.output());
    await assertTidy(rig, testImages.web1, 'after the second start');
  });
});
