// What people do by hand while the controller runs: networks and images removed, holds set in files, dependencies that fail.
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { openControl } from '../../src/adapters/control-files/open-control.ts';
import { type RealController, realController } from '../support/real/controller.ts';
import { loadWebImage, testImages } from '../support/real/images.ts';
import { engineWrites, serve } from '../support/real/serving.ts';
import { until } from '../support/real/until.ts';

const project = (name: string, tag: string, more = ''): string => `kind: project
name: ${name}
image: tinyforge-test/web
tag: ${tag}
port: 8080
healthcheck: { http: /healthz, interval: 100ms, timeout: 2s, retries: 5 }
stop_grace_period: 1s
drain: 0s
${more}`;

const only = async (rig: RealController) => {
  const [found, ...more] = await rig.containers();
  assert.deepEqual(more, []);
  assert.ok(found);
  return found;
};

describe('by hand, while the controller runs', () => {
  it('a network that is removed is there again, with whoever belongs to it', async () => {
    await using rig = await realController();
    await rig.write('shop.yaml', project(rig.name, 'v1'));
    await using controller = await serve(rig);
    await controller.converged(rig.name, 'v1');
    const { id } = await only(rig);
    await rig.docker('POST', `/networks/${rig.name}/disconnect`, { Container: id, Force: true });
    await rig.docker('DELETE', `/networks/${rig.name}`);
    await until({
      what: 'the network and its alias',
      look: async () => {
        const [found] = await rig.containers();
        if (found === undefined) return false;
        const seen = (await rig.docker('GET', `/containers/${found.id}/json`)) as {
          State: { Status: string };
          NetworkSettings: { Networks: Record<string, { Aliases: string[] | null }> };
        };
        const endpoint = seen.NetworkSettings.Networks[rig.name];
        return seen.State.Status === 'running' && endpoint?.Aliases?.includes(rig.name) === true;
      },
      timeoutMs: 60_000,
    });
    await controller.converged(rig.name, 'v1');
    await controller.rested();
    await only(rig);
  });

  it('an image that is removed while its container runs costs nothing; made anew, it says what is missing', async () => {
    await using rig = await realController();
    const image = `${rig.name}/web`;
    await loadWebImage(rig.engine, { reference: `${image}:v1` });
    await rig.write('shop.yaml', project(rig.name, 'v1').replace('tinyforge-test/web', image));
    await using controller = await serve(rig);
    await controller.converged(rig.name, 'v1');
    const { id } = await only(rig);
    await controller.rested();
    const writes = await engineWrites(rig, async () => {
      await rig.docker('DELETE', `/images/${image}:v1?force=1`);
      controller.pass.controller.trigger({ why: 'somebody asks', refresh: true });
      await controller.rested();
    });
    assert.deepEqual(
      writes.filter((line) => !line.startsWith('image ')),
      [],
    );
    assert.equal((await only(rig)).id, id);
    await rig.docker('POST', `/containers/${id}/stop?t=0`);
    await controller.converged(rig.name, 'v1');
    await until({
      what: 'the same one to run again',
      look: async () => (await only(rig)).state === 'running',
    });
    await rig.docker('DELETE', `/containers/${id}?force=1`);
    const status = await controller.sees(
      rig.name,
      'without its image',
      ({ reason }) => reason === 'ImagePullFailed',
    );
    assert.match(status.sentence, new RegExp(`could not pull ${image}:v1`));
    await loadWebImage(rig.engine, { reference: `${image}:v1` });
    controller.pass.controller.trigger({ why: 'it is here again', refresh: true });
    await controller.converged(rig.name, 'v1');
  });

  it('waits for the health of what it depends on, and starts when that is well', async () => {
    await using rig = await realController();
    const [database, shop] = [`${rig.name}-database`, `${rig.name}-shop`];
    await rig.write('shop.yaml', project(shop, 'v1', `depends_on: [${database}]\n`));
    await rig.write('database.yaml', project(database, 'never-healthy'));
    await using controller = await serve(rig);
    await controller.sees(database, 'failed', ({ outcome }) => outcome === 'failed');
    const waiting = await controller.sees(shop, 'waiting', ({ outcome }) => outcome === 'waiting');
    assert.match(waiting.sentence, new RegExp(database));
    assert.deepEqual(
      (await rig.containers()).filter(({ name }) => name.startsWith(shop)),
      [],
    );
    await rig.write('database.yaml', project(database, 'v1'));
    await controller.converged(shop, 'v1');
    const createdAt = async (name: string): Promise<number> => {
      const found = (await rig.containers()).find((entry) => entry.name.startsWith(name));
      const seen = (await rig.docker('GET', `/containers/${found?.id}/json`)) as {
        State: { StartedAt: string };
      };
      return Date.parse(seen.State.StartedAt);
    };
    assert.ok((await createdAt(database)) < (await createdAt(shop)));
    // A dependency that falls ill later takes nobody with it.
    const before = (await rig.containers()).find(({ name }) => name.startsWith(shop))?.id;
    await rig.write('database.yaml', project(database, 'never-healthy'));
    await controller.sees(database, 'rolled back', ({ outcome }) => outcome === 'rolled-back');
    await controller.rested();
    assert.equal((await rig.containers()).find(({ name }) => name.startsWith(shop))?.id, before);
  });

  it('a suspension in a control file holds at once: nothing is deployed or healed until it is lifted', async () => {
    await using rig = await realController();
    await rig.write('shop.yaml', project(rig.name, 'v1'));
    await using controller = await serve(rig);
    await controller.converged(rig.name, 'v1');
    // As the command line does it, in a process of its own.
    const beside = () => openControl({ directory: `${rig.config.data}/control` });
    beside().suspend({ unit: rig.name, by: 'somebody', why: 'moving the database', sinceMs: Date.now() });
    await rig.write('shop.yaml', project(rig.name, 'v2'));
    const status = await controller.sees(rig.name, 'suspended', ({ outcome }) => outcome === 'suspended');
    assert.match(status.sentence, /moving the database/);
    const writes = await engineWrites(rig, async () => {
      controller.pass.controller.trigger({ why: 'somebody asks', refresh: true });
      await controller.rested();
    });
    assert.deepEqual(writes, []);
    await rig.docker('POST', `/containers/${(await only(rig)).id}/stop?t=0`);
    await controller.rested();
    assert.equal((await only(rig)).state, 'exited');
    assert.equal(beside().resume(rig.name), true);
    controller.pass.controller.trigger({ why: 'resumed', units: [rig.name], refresh: false });
    await controller.converged(rig.name, 'v2');
    assert.deepEqual(
      (await rig.live()).map(({ image }) => image),
      [testImages.web2],
    );
    await rm(`${rig.directory}/shop.yaml`);
  });
});
