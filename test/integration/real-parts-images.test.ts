// Proves that each test image behaves as its name says, on the shared engine.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { removeFromEngine } from '../support/real/clean-up.ts';
import { sharedEngine, type TestEngine, uniqueName } from '../support/real/engine.ts';
import { loadTestImages, testImages } from '../support/real/images.ts';
import { until } from '../support/real/until.ts';

const prefix = uniqueName('images');
let engine: TestEngine;

interface Inspected {
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly Health?: { readonly Status: string };
  };
  readonly NetworkSettings: { readonly IPAddress: string };
}

async function start(suffix: string, image: string, settings: object = {}): Promise<string> {
  const name = `${prefix}-${suffix}`;
  await engine.ask({
    method: 'POST',
    path: `/containers/create?name=${name}`,
    body: { Image: image, ...settings },
  });
  await engine.ask({ method: 'POST', path: `/containers/${name}/start` });
  return name;
}

const inspect = async (name: string) =>
  (await engine.ask({ method: 'GET', path: `/containers/${name}/json` })) as Inspected;

async function answer(name: string, path: string, port = 8080) {
  const address = (await inspect(name)).NetworkSettings.IPAddress;
  const response = await fetch(`http://${address}:${port}${path}`);
  return { status: response.status, body: await response.text() };
}

const awaitAnswer = (name: string, path: string, port?: number) =>
  until({ what: `${name} to answer ${path}`, look: () => answer(name, path, port) });

describe('test images', () => {
  before(async () => {
    engine = sharedEngine();
    await loadTestImages(engine);
  });
  after(() => removeFromEngine(engine, { namePrefix: prefix }));

  it('web answers its version and is healthy, as any user and read-only too', async () => {
    const name = await start('web', testImages.web2);
    assert.deepEqual(await awaitAnswer(name, '/healthz'), { status: 200, body: 'ok\n' });
    assert.deepEqual(await answer(name, '/'), { status: 200, body: 'v2\n' });
    const strict = await start('strict', testImages.web1, {
      User: '1000:1000',
      HostConfig: { ReadonlyRootfs: true, Tmpfs: { '/tmp': '', '/run': '' } },
    });
    assert.deepEqual(await awaitAnswer(strict, '/'), { status: 200, body: 'v1\n' });
  });

  it('web stops within its grace period, but for the one that ignores SIGTERM', async () => {
    const stop = async (name: string) => {
      await awaitAnswer(name, '/healthz');
      await engine.ask({ method: 'POST', path: `/containers/${name}/stop?t=1` });
      return (await inspect(name)).State.ExitCode;
    };
    assert.equal(await stop(await start('polite', testImages.web1)), 0);
    assert.equal(await stop(await start('stubborn', testImages.ignoresTerm)), 137);
  });

  it('never-healthy answers 503 and says why', async () => {
    const name = await start('bad', testImages.neverHealthy);
    assert.deepEqual(await awaitAnswer(name, '/healthz'), { status: 503, body: 'the database is locked\n' });
  });

  it('turns-unhealthy is healthy first', async () => {
    const name = await start('turns', testImages.turnsUnhealthy);
    assert.equal((await awaitAnswer(name, '/healthz')).status, 200);
    await until({ what: 'it to turn', look: async () => (await answer(name, '/healthz')).status === 503 });
  });

  it('exits ends with 3', async () => {
    const name = await start('exits', testImages.exits);
    const { StatusCode } = (await engine.ask({ method: 'POST', path: `/containers/${name}/wait` })) as {
      StatusCode: number;
    };
    assert.equal(StatusCode, 3);
  });

  it('the image’s own health check tells good from bad', async () => {
    const [good, bad] = await Promise.all([
      start('checked', testImages.checked1),
      start('checked-bad', testImages.checkedNeverHealthy),
    ]);
    const health = (name: string, wanted: string) =>
      until({
        what: `${name} to be ${wanted}`,
        look: async () => (await inspect(name)).State.Health?.Status === wanted,
      });
    await Promise.all([health(good, 'healthy'), health(bad, 'unhealthy')]);
  });

  it('site serves files and takes configuration as the official image does', async () => {
    const name = await start('site', testImages.site);
    assert.match((await awaitAnswer(name, '/', 80)).body, /Welcome to nginx/);
    const exec = (await engine.ask({
      method: 'POST',
      path: `/containers/${name}/exec`,
      body: { Cmd: ['sh', '-c', 'echo "<p>mine</p>" > /usr/share/nginx/html/mine.html'] },
    })) as { Id: string };
    await engine.call({ method: 'POST', path: `/exec/${exec.Id}/start`, body: { Detach: false, Tty: true } });
    await until({
      what: 'the file to be written',
      look: async () => {
        const state = await engine.ask({ method: 'GET', path: `/exec/${exec.Id}/json` });
        return !(state as { Running: boolean }).Running;
      },
    });
    assert.deepEqual(await answer(name, '/mine.html', 80), { status: 200, body: '<p>mine</p>\n' });
    await engine.ask({ method: 'POST', path: `/containers/${name}/stop?t=5` });
    assert.equal((await inspect(name)).State.ExitCode, 0);
  });

  it('shell waits until it is stopped', async () => {
    const name = await start('shell', testImages.shell);
    assert.equal((await inspect(name)).State.Status, 'running');
    await engine.ask({ method: 'POST', path: `/containers/${name}/stop?t=5` });
    assert.equal((await inspect(name)).State.ExitCode, 0);
  });
});
