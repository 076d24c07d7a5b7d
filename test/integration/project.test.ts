// A project on the real engine: converge, switch, refuse, heal, and leave alone what is not ours.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RealController, realController } from '../support/real/controller.ts';
import { testImages } from '../support/real/images.ts';

function shop(rig: RealController, image: string, more = ''): string {
  const [repository, tag] = image.split(':');
  return `kind: project
name: ${rig.name}
image: ${repository}
tag: ${tag}
port: 8080
healthcheck: { http: /healthz, interval: 200ms, timeout: 2s, retries: 5 }
stop_grace_period: 1s
drain: 0s
${more}`;
}

describe('project on a real engine', () => {
  it('converges, does nothing twice, and plans nothing', async () => {
    await using rig = await realController();
    await rig.write('shop.yaml', shop(rig, testImages.web1, 'replicas: 2\n'));
    const first = await rig.apply();
    assert.equal(rig.status(first, rig.name).outcome, 'converged', rig.status(first, rig.name).sentence);
    const before = await rig.containers();
    assert.equal(before.length, 2);
    const again = await rig.apply();
    assert.equal(rig.status(again, rig.name).outcome, 'converged');
    assert.deepEqual(
      (await rig.containers()).map((entry) => entry.id),
      before.map((entry) => entry.id),
    );
    assert.deepEqual(
      (await rig.plan()).units.flatMap((unit) => unit.actions),
      [],
    );
  });

  it('switches blue-green, and a bad version never takes the old one down', async () => {
    await using rig = await realController();
    await rig.write('shop.yaml', shop(rig, testImages.web1));
    await rig.apply();
    const [old] = await rig.containers();
    await rig.write('shop.yaml', shop(rig, testImages.neverHealthy));
    const plan = (await rig.plan()).units[0];
    assert.equal(plan?.strategy, 'blue-green');
    assert.equal(plan?.downtime, null);
    const bad = rig.status(await rig.apply(), rig.name);
    assert.equal(bad.outcome, 'rolled-back', bad.sentence);
    assert.match(bad.sentence, /503/);
    const kept = await rig.containers();
    assert.equal(kept.find((entry) => entry.id === old?.id)?.state, 'running');
    assert.equal(kept.filter((entry) => entry.name.endsWith('-failed')).length, 1);
    await rig.write('shop.yaml', shop(rig, testImages.web2));
    const good = rig.status(await rig.apply(), rig.name);
    assert.equal(good.outcome, 'converged', good.sentence);
    assert.deepEqual(
      (await rig.live()).map((entry) => entry.image),
      [testImages.web2],
    );
    const standsBy = (await rig.containers()).filter(({ state }) => state === 'exited');
    assert.deepEqual(
      standsBy.map(({ id }) => id),
      [old?.id],
    );
  });

  it('recreates where a volume has one writer, says the downtime, and starts the old one again when the new one fails', async () => {
    await using rig = await realController();
    const more = `volumes: ["${rig.name}-data:/data"]\n`;
    await rig.write('shop.yaml', shop(rig, testImages.web1, more));
    await rig.apply();
    const [old] = await rig.containers();
    await rig.write('shop.yaml', shop(rig, testImages.exits, more));
    const plan = (await rig.plan()).units[0];
    assert.equal(plan?.strategy, 'recreate');
    assert.match(plan?.downtime?.why ?? '', /has one writer/);
    const bad = rig.status(await rig.apply(), rig.name);
    assert.equal(bad.outcome, 'rolled-back', bad.sentence);
    assert.equal((await rig.containers()).find((entry) => entry.id === old?.id)?.state, 'running');
  });

  it('heals a container that was stopped, removed, renamed or taken off its network', async () => {
    await using rig = await realController();
    await rig.write('shop.yaml', shop(rig, testImages.web1));
    await rig.apply();
    const only = async () => {
      const found = await rig.containers();
      assert.equal(found.length, 1);
      return found[0] as NonNullable<(typeof found)[number]>;
    };
    const name = (await only()).name;
    const damages: [string, () => Promise<unknown>][] = [
      ['stopped', async () => rig.docker('POST', `/containers/${(await only()).id}/stop?t=0`)],
      ['removed', async () => rig.docker('DELETE', `/containers/${(await only()).id}?force=1`)],
      [
        'renamed',
        async () => rig.docker('POST', `/containers/${(await only()).id}/rename?name=${rig.name}-by-hand`),
      ],
      [
        'cut off',
        async () =>
          rig.docker('POST', `/networks/${rig.name}/disconnect`, {
            Container: (await only()).id,
            Force: true,
          }),
      ],
    ];
    for (const [what, damage] of damages) {
      await damage();
      const status = rig.status(await rig.apply(), rig.name);
      assert.equal(status.outcome, 'converged', `${what}: ${status.sentence}`);
      const healed = await only();
      assert.equal(healed.state, 'running', what);
      assert.equal(healed.name, name, what);
      assert.deepEqual(
        (await rig.plan()).units.flatMap((unit) => unit.actions),
        [],
        what,
      );
    }
  });

  it('a missing image costs the running version nothing', async () => {
    await using rig = await realController();
    await rig.write('shop.yaml', shop(rig, testImages.web1));
    await rig.apply();
    const [old] = await rig.containers();
    await rig.write(
      'shop.yaml',
      shop(rig, '127.0.0.1:9/nowhere/shop:v9'.replace('127.0.0.1:9/', '127.0.0.1_')),
    );
    await rig.write(
      'shop.yaml',
      shop(rig, testImages.web1).replace('image: tinyforge-test/web', 'image: "127.0.0.1:9/nowhere/shop"'),
    );
    const status = rig.status(await rig.apply(), rig.name);
    assert.equal(status.outcome, 'waiting', status.sentence);
    assert.equal((await rig.containers()).find((entry) => entry.id === old?.id)?.state, 'running');
  });

  it('never touches a stranger: a name and a port that are taken are told before anything is stopped', async () => {
    await using rig = await realController();
    const stranger = (await rig.docker('POST', `/containers/create?name=${rig.name}-stranger`, {
      Image: testImages.web1,
      HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18931' }] } },
    })) as { Id: string };
    await rig.docker('POST', `/containers/${stranger.Id}/start`);
    await rig.write('shop.yaml', shop(rig, testImages.web1, 'ports: ["127.0.0.1:18931:8080"]\n'));
    const status = rig.status(await rig.apply(), rig.name);
    assert.equal(status.reason, 'PortTaken', status.sentence);
    assert.match(status.sentence, new RegExp(`${rig.name}-stranger`));
    const left = (await rig.all()).find((entry) => entry.id === stranger.Id);
    assert.equal(left?.state, 'running');
    assert.equal((await rig.containers()).length, 0);
  });

  it('prunes what left the source, and waits when it is too much', async () => {
    await using rig = await realController();
    const plain = (name: string): string => `kind: project
name: ${rig.name}-${name}
image: tinyforge-test/web
tag: v1
stop_grace_period: 0s
networks: [${rig.name}]
healthcheck: { disable: true }
`;
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await rig.write(`${name}.yaml`, plain(name));
    await rig.apply();
    assert.equal((await rig.containers()).length, 6);
    await rig.remove('a.yaml');
    await rig.apply();
    assert.equal((await rig.containers()).length, 5);
    for (const name of ['b', 'c', 'd', 'e']) await rig.remove(`${name}.yaml`);
    const held = await rig.apply();
    assert.ok(
      held.problems.some((problem) => problem.reason === 'PruneHeld'),
      JSON.stringify(held.problems),
    );
    assert.equal((await rig.containers()).length, 5);
    await rig.apply({ prune: true });
    assert.equal((await rig.containers()).length, 1);
  });

  it('state: stopped stops it, and running starts the same containers again', async () => {
    await using rig = await realController();
    await rig.write('shop.yaml', shop(rig, testImages.web1));
    await rig.apply();
    const [before] = await rig.containers();
    await rig.write('shop.yaml', shop(rig, testImages.web1, 'state: stopped\n'));
    const stopped = rig.status(await rig.apply(), rig.name);
    assert.equal(stopped.outcome, 'converged', stopped.sentence);
    assert.equal((await rig.containers())[0]?.state, 'exited');
    await rig.write('shop.yaml', shop(rig, testImages.web1));
    await rig.apply();
    assert.deepEqual(
      (await rig.containers()).map((entry) => [entry.id, entry.state]),
      [[before?.id, 'running']],
    );
  });

  it('secrets reach the container and nothing else', async () => {
    await using rig = await realController({ env: { TINYFORGE_SECRET_SHOP_DB: 'canary-8f3a-secret-value' } });
    await rig.write('shop.yaml', shop(rig, testImages.web1, 'environment: { DB: "${secret:shop-db}" }\n'));
    const status = rig.status(await rig.apply(), rig.name);
    assert.equal(status.outcome, 'converged', status.sentence);
    const [container] = await rig.containers();
    const seen = (await rig.docker('GET', `/containers/${container?.id}/json`)) as {
      Config: { Env: string[]; Labels: unknown };
    };
    assert.ok(seen.Config.Env.includes('DB=canary-8f3a-secret-value'));
    assert.ok(!JSON.stringify(seen.Config.Labels).includes('canary'));
    assert.ok(!JSON.stringify(await rig.plan()).includes('canary'));
    assert.ok(!rig.log.join('').includes('canary'));
  });
});
