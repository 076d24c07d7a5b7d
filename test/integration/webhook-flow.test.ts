// A real registry tells of a push, and the followed tag converges without a poll; a dead registry costs nothing that runs.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { realController } from '../support/real/controller.ts';
import { pushTestImage, testImages } from '../support/real/images.ts';
import { freePort } from '../support/real/program.ts';
import { startRegistry } from '../support/real/registry.ts';
import { engineWrites, serve } from '../support/real/serving.ts';

const SECRET = 'what-the-registry-says-to-be-known';

const following = (name: string, image: string): string => `kind: project
name: ${name}
image: ${image}
tag: main
policy: { follow: digest }
port: 8080
healthcheck: { http: /healthz, interval: 100ms, timeout: 2s, retries: 10 }
stop_grace_period: 1s
drain: 0s
`;

const fixture = (name: string): Promise<string> =>
  readFile(new URL(`../fixtures/webhooks/distribution/${name}`, import.meta.url), 'utf8');

describe('a registry and the tag that is followed', () => {
  it('a push converges at once by notification; with the registry dead nothing happens to what runs', async () => {
    const env = { TINYFORGE_SECRET_REGISTRY: SECRET };
    await using rig = await realController({ env });
    const port = await freePort();
    rig.config.webhooks.push({ name: 'registry', sender: 'distribution', secret: 'registry', sources: [] });
    await using registry = await startRegistry({
      notifications: [
        {
          url: `http://127.0.0.1:${port}/api/webhooks/registry`,
          headers: { Authorization: `Bearer ${SECRET}` },
        },
      ],
    });
    const image = `${registry.address}/acme/${rig.name}`;
    const push = (reference: string): Promise<string> =>
      pushTestImage(rig.engine, { reference, target: `${image}:main` });
    const one = await push(testImages.web1);
    await rig.write('shop.yaml', following(rig.name, image));
    await using controller = await serve(rig, { port });
    const first = await controller.sees(
      rig.name,
      `converged at ${one}`,
      ({ outcome, digest }) => outcome === 'converged' && digest === one,
    );
    assert.equal(first.runs, 'main');
    await controller.rested();

    const two = await push(testImages.web2);
    assert.notEqual(two, one);
    await controller.sees(
      rig.name,
      `converged at ${two}`,
      ({ outcome, digest }) => outcome === 'converged' && digest === two,
    );
    const [running, ...more] = await rig.live();
    assert.deepEqual(more, []);
    const seen = (await rig.docker('GET', `/containers/${running?.id}/json`)) as {
      NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
    };
    const address = Object.values(seen.NetworkSettings.Networks)[0]?.IPAddress;
    assert.equal((await (await fetch(`http://${address}:8080/`)).text()).trim(), 'v2');

    await registry.pause();
    const writes = await engineWrites(rig, async () => {
      controller.pass.controller.trigger({ why: 'somebody asks', refresh: true });
      await controller.rested();
      await controller.rested();
    });
    assert.deepEqual(writes, []);
    assert.equal(rig.status(controller.overview(), rig.name).outcome, 'converged');
    // And what breaks meanwhile is healed: the image is on the engine.
    await rig.docker('DELETE', `/containers/${running?.id}?force=1`);
    await controller.rested();
    const healed = await controller.converged(rig.name);
    assert.equal(healed.digest, two);
    await registry.resume();
  });

  it('takes the envelopes of both versions, asks for the secret, and fetches nothing that a payload names', async () => {
    await using rig = await realController({ env: { TINYFORGE_SECRET_REGISTRY: SECRET } });
    rig.config.webhooks.push({ name: 'registry', sender: 'distribution', secret: 'registry', sources: [] });
    await rig.write('shop.yaml', following(rig.name, 'tinyforge-test/web').replace('tag: main', 'tag: v1'));
    await using controller = await serve(rig);
    await controller.converged(rig.name, 'v1');
    await controller.rested();
    const send = async (
      version: string,
      authorization: string,
    ): Promise<{ status: number; text: string }> => {
      const response = await fetch(`${controller.url}/api/webhooks/registry`, {
        method: 'POST',
        headers: {
          'content-type': `application/vnd.docker.distribution.events.${version}+json`,
          authorization,
        },
        body: await fixture(`events-${version}.json`),
      });
      return { status: response.status, text: await response.text() };
    };
    const writes = await engineWrites(rig, async () => {
      for (const version of ['v1', 'v2']) {
        assert.equal((await send(version, 'Bearer wrong')).status, 401);
        assert.equal((await send(version, `Bearer ${SECRET}`)).status, 202);
      }
      await controller.rested();
    });
    assert.deepEqual(writes, []);
    assert.ok(!rig.log.join('').includes(SECRET));
  });
});
