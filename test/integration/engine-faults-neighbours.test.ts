// Several on one engine: two controllers, a stranger with forged labels, and somebody who takes what we were about to use.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { LABEL } from '../../src/model/labels.ts';
import { type RealController, realController } from '../support/real/controller.ts';
import { testImages } from '../support/real/images.ts';
import { freePort } from '../support/real/program.ts';
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

async function startStranger(
  rig: RealController,
  options: { name: string; labels?: Record<string, string>; port?: number },
): Promise<string> {
  const { name, labels = {}, port } = options;
  const { Id } = (await rig.docker('POST', `/containers/create?name=${name}`, {
    Image: testImages.web1,
    Labels: labels,
    HostConfig:
      port === undefined
        ? {}
        : { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } },
  })) as { Id: string };
  await rig.docker('POST', `/containers/${Id}/start`);
  return Id;
}

describe('neighbours on one engine', () => {
  it('two controllers of different names, with workloads of one name: neither touches the other’s, nor prunes it', async () => {
    await using one = await realController();
    await using two = await realController();
    await one.write('a.yaml', project(`${one.name}-a`, 'v1'));
    await two.write('b.yaml', project(`${two.name}-b`, 'v1'));
    await using first = await serve(one);
    await using second = await serve(two);
    await first.converged(`${one.name}-a`, 'v1');
    await second.converged(`${two.name}-b`, 'v1');
    const before = (await two.containers()).map(({ id, status }) => [id, status.replace(/^(\S+) .*/, '$1')]);
    const writes = await engineWrites(two, async () => {
      await one.remove('a.yaml');
      await one.write('c.yaml', project(`${one.name}-c`, 'v2'));
      await first.converged(`${one.name}-c`, 'v2');
      first.pass.controller.trigger({ why: 'consent', refresh: true, prune: true });
      await first.rested();
    });
    assert.deepEqual(writes, []);
    assert.deepEqual(
      (await two.containers()).map(({ id, status }) => [id, status.replace(/^(\S+) .*/, '$1')]),
      before,
    );
    assert.deepEqual(first.overview().orphans, []);
    // What the other one runs is not made beside it.
    await one.write('b.yaml', project(`${two.name}-b`, 'v1'));
    const status = await first.sees(
      `${two.name}-b`,
      'told that the other one runs it',
      ({ reason }) => reason === 'OtherController',
    );
    assert.match(status.sentence, new RegExp(`under the controller ${two.name}`));
    assert.equal(second.overview().units[0]?.outcome, 'converged');
  });

  it('a stranger that carries labels like ours is no part of us: not adopted, not stopped, not pruned', async () => {
    await using rig = await realController();
    const forged = {
      [LABEL.managed]: 'true',
      [LABEL.controller]: `${rig.name}-somebody-else`,
      [LABEL.workloadId]: `project.${rig.name}`,
      [LABEL.unit]: rig.name,
      [LABEL.workloadKind]: 'project',
      [LABEL.role]: '',
      [LABEL.replica]: '1',
      [LABEL.specHash]: 'f'.repeat(64),
    };
    await rig.write('shop.yaml', project(rig.name, 'v1'));
    assert.equal(rig.status(await rig.apply(), rig.name).outcome, 'converged');
    const other = await startStranger(rig, { name: `${rig.name}-other`, labels: forged });
    const { [LABEL.managed]: _left, ...unmarked } = { ...forged, [LABEL.controller]: rig.name };
    const halfMarked = await startStranger(rig, { name: `${rig.name}-half`, labels: unmarked });
    for (const prune of [false, true]) {
      const status = rig.status(await rig.apply({ prune }), rig.name);
      assert.equal(status.outcome, 'converged', status.sentence);
    }
    await rig.write('shop.yaml', project(rig.name, 'v2'));
    assert.equal(rig.status(await rig.apply(), rig.name).outcome, 'converged');
    await rig.remove('shop.yaml');
    await rig.apply({ prune: true });
    const left = await rig.all();
    assert.deepEqual(
      left.map(({ id, state }) => [id, state]).sort(),
      [other, halfMarked].map((id) => [id, 'running']).sort(),
    );
  });

  it('a port that another container holds: told by its name before anything is stopped, and it goes on when it is free', async () => {
    await using rig = await realController();
    const port = await freePort();
    const ports = `ports: ["127.0.0.1:${port}:8080"]\n`;
    await rig.write('shop.yaml', project(rig.name, 'v1'));
    await using controller = await serve(rig);
    await controller.converged(rig.name, 'v1');
    const thief = await startStranger(rig, { name: `${rig.name}-thief`, port });
    await rig.write('shop.yaml', project(rig.name, 'v2', ports));
    const blocked = await controller.sees(
      rig.name,
      'blocked by the port',
      ({ reason }) => reason === 'PortTaken',
    );
    assert.match(blocked.sentence, new RegExp(`${rig.name}-thief`));
    assert.deepEqual(
      (await rig.containers()).map(({ image, state }) => [image, state]),
      [[testImages.web1, 'running']],
    );
    assert.deepEqual(controller.pass.control.quarantine(rig.name), [], 'no fault of the version');
    await rig.docker('DELETE', `/containers/${thief}?force=1`);
    controller.pass.controller.trigger({ why: 'the port is free', refresh: true });
    await controller.converged(rig.name, 'v2');
    assert.equal((await (await fetch(`http://127.0.0.1:${port}/`)).text()).trim(), 'v2');
  });

  it('a port that no container holds is found taken only at the start: the old one runs again, and it goes on when it is free', async () => {
    await using rig = await realController();
    const listener = createServer();
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    try {
      await rig.write('shop.yaml', project(rig.name, 'v1'));
      await using controller = await serve(rig);
      await controller.converged(rig.name, 'v1');
      const [old] = await rig.containers();
      await rig.write('shop.yaml', project(rig.name, 'v2', `ports: ["127.0.0.1:${port}:8080"]\n`));
      const refused = await controller.sees(
        rig.name,
        'refused the port, with the old one running again',
        ({ reason, runs }) => reason === 'PortTaken' && runs === 'v1',
      );
      assert.match(refused.sentence, new RegExp(String(port)));
      await until({
        what: 'the old one to serve',
        look: async () =>
          (await rig.containers()).some(({ id, state }) => id === old?.id && state === 'running'),
      });
      assert.deepEqual(controller.pass.control.quarantine(rig.name), [], 'no fault of the version');
      listener.close();
      await once(listener, 'close');
      controller.pass.controller.trigger({ why: 'the port is free', refresh: true });
      await controller.converged(rig.name, 'v2');
      assert.equal((await (await fetch(`http://127.0.0.1:${port}/`)).text()).trim(), 'v2');
    } finally {
      listener.close();
    }
  });
});
