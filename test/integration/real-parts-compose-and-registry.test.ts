// Proves that the real Compose plugin and the real registry work with the shared engine.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { programPath } from '../../scripts/real-parts/paths.ts';
import { removeFromEngine } from '../support/real/clean-up.ts';
import { sharedEngine, type TestEngine, uniqueName } from '../support/real/engine.ts';
import { loadTestImages, pushTestImage, testImages } from '../support/real/images.ts';
import { makePlace, type Place } from '../support/real/place.ts';
import { startRegistry } from '../support/real/registry.ts';
import { until } from '../support/real/until.ts';

const run = promisify(execFile);

describe('Compose', () => {
  const project = uniqueName('compose');
  let engine: TestEngine;
  let place: Place;
  before(async () => {
    engine = sharedEngine();
    place = await makePlace('compose');
    await loadTestImages(engine);
  });
  after(async () => {
    await removeFromEngine(engine, { label: `com.docker.compose.project=${project}` });
    await place.remove();
  });

  it('is version 2 and brings a project up', async () => {
    const plugin = programPath('docker-compose');
    const environment = { PATH: place.path, HOME: place.path, DOCKER_HOST: engine.dockerHost };
    assert.match((await run(plugin, ['version', '--short'])).stdout, /^2\.26\./);
    await writeFile(
      place.at('compose.yaml'),
      JSON.stringify({ services: { web: { image: testImages.web1 }, side: { image: testImages.shell } } }),
    );
    const files = ['-p', project, '--project-directory', place.path, '-f', place.at('compose.yaml')];
    await run(plugin, [...files, 'up', '-d'], { env: environment });
    const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }));
    const listed = (await engine.ask({
      method: 'GET',
      path: `/containers/json?filters=${filters}`,
    })) as unknown[];
    assert.equal(listed.length, 2);
  });
});

describe('the registry', () => {
  const listeners: Server[] = [];
  const engine = () => sharedEngine();
  before(() => loadTestImages(engine()));
  after(() => {
    for (const server of listeners) server.close();
  });

  it('takes a push, tells the digest, gives the image back, and may be away', async () => {
    await using registry = await startRegistry();
    const target = `${registry.address}/web:v1`;
    const digest = await pushTestImage(engine(), { reference: testImages.web1, target });
    assert.equal(await registry.digestOf('web', 'v1'), digest);
    await engine().ask({ method: 'DELETE', path: `/images/${target}` });
    const pull = () =>
      engine().call({ method: 'POST', path: `/images/create?fromImage=${registry.address}/web&tag=v1` });
    assert.match((await pull()).text, new RegExp(digest));
    await registry.pause();
    assert.match((await pull()).text, /connection refused/);
    await registry.resume();
    assert.equal(await registry.digestOf('web', 'v1'), digest);
    await registry.removeManifest('web', digest);
    assert.equal(await registry.digestOf('web', 'v1'), undefined);
    await engine().ask({ method: 'DELETE', path: `/images/${target}` });
  });

  it('tells of a push', async () => {
    const bodies: string[] = [];
    const listener = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => bodies.push(text));
      request.on('end', () => response.end());
    });
    listeners.push(listener);
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    assert.ok(address !== null && typeof address === 'object');
    await using registry = await startRegistry({
      notifications: [{ url: `http://127.0.0.1:${address.port}/hook` }],
    });
    const target = `${registry.address}/web:v2`;
    const digest = await pushTestImage(engine(), { reference: testImages.web2, target });
    await until({
      what: 'the notification of the push',
      look: () => bodies.join('').includes(digest) && bodies.join('').includes('"action": "push"'),
    });
    await engine().ask({ method: 'DELETE', path: `/images/${target}` });
  });

  it('asks for a password where it shall', async () => {
    await using registry = await startRegistry({ authentication: 'basic' });
    const push = { reference: testImages.web1, target: `${registry.address}/private/web:v1` };
    await assert.rejects(pushTestImage(engine(), push), /no basic auth credentials/);
    const digest = await pushTestImage(engine(), { ...push, credentials: registry.credentials });
    assert.equal(await registry.digestOf('private/web', 'v1'), digest);
    await engine().ask({ method: 'DELETE', path: `/images/${push.target}` });
  });
});
