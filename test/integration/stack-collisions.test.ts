// What is somebody else's stays so: projects, names and ports that are taken are told before anything is stopped.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { testImages } from '../support/real/images.ts';
import { composeByHand, freePort, type RealStack, RUN, realStack } from '../support/real/stack.ts';

/** A container that is not ours; its name begins with the test's, so it goes away with it. */
async function stranger(
  rig: RealStack,
  name: string,
  more: { ExposedPorts?: unknown; HostConfig?: unknown } = {},
): Promise<string> {
  const body = { Image: testImages.shell, ...more };
  const { Id } = (await rig.docker('POST', `/containers/create?name=${name}`, body)) as { Id: string };
  await rig.docker('POST', `/containers/${Id}/start`);
  return Id;
}

async function stateOf(rig: RealStack, id: string): Promise<{ status: string; startedAt: string }> {
  const seen = (await rig.docker('GET', `/containers/${id}/json`)) as {
    State: { Status: string; StartedAt: string };
  };
  return { status: seen.State.Status, startedAt: seen.State.StartedAt };
}

describe('what is not ours', () => {
  it('a project of the same name is refused and untouched', async () => {
    await using rig = await realStack();
    const folder = rig.place.at('theirs');
    await composeByHand(rig, { name: rig.name, folder, text: `services: { web: { ${RUN} } }` });
    const before = await rig.seen();
    await rig.manifest();
    const status = await rig.applied(`services: { web: { ${RUN} }, db: { ${RUN} } }`);
    assert.equal(status.outcome, 'failed', status.sentence);
    assert.equal(status.reason, 'ProjectTaken', status.sentence);
    assert.match(status.sentence, new RegExp(`${rig.name}-web-1`));
    assert.deepEqual(await rig.seen(), before);
  });

  it('what runs under its name is taken over with `adopt`, with its volumes, and told where it came from', async () => {
    await using rig = await realStack();
    const folder = rig.place.at('theirs');
    const volume = 'volumes: { data: {} }';
    const web = `services: { web: { ${RUN}, command: [sh, -c, "date >> /data/log; exec sleep 1000"], volumes: ["data:/data"] } }`;
    await composeByHand(rig, { name: rig.name, folder, text: `${web}\n${volume}` });
    const [theirs] = await rig.seen();
    await rig.manifest('adopt: true\n');
    await rig.compose(`${web}\n${volume}`);
    const plan = await rig.planned();
    const told = plan.notices.map(({ message }) => message).join(' ');
    assert.match(told, new RegExp(folder), 'the plan says that its folder is another one');
    const status = await rig.settle();
    assert.equal(status.outcome, 'converged', status.sentence);
    const [web1, ...more] = await rig.seen();
    assert.deepEqual(more, []);
    assert.notEqual(web1?.id, theirs?.id);
    assert.deepEqual([web1?.name, web1?.labels['tinyforge.unit']], [`${rig.name}-web-1`, rig.name]);
    const { Mountpoint } = (await rig.docker('GET', `/volumes/${rig.name}_data`)) as { Mountpoint: string };
    assert.equal((await readFile(`${Mountpoint}/log`, 'utf8')).trim().split('\n').length, 2);
    const again = await rig.planned();
    assert.deepEqual([again.actions, again.notices], [[], []]);
  });

  it('two manifests with one project are a problem, and the first one is untouched by it', async () => {
    await using rig = await realStack();
    await rig.manifest();
    const status = await rig.applied(`services: { web: { ${RUN} } }`);
    assert.equal(status.outcome, 'converged', status.sentence);
    const before = await rig.seen();
    await rig.write('other/stack.yaml', `kind: stack\nname: z-${rig.name}\nproject: ${rig.name}\n`);
    await rig.write('other/compose.yaml', `services: { other: { ${RUN} } }`);
    const overview = await rig.apply();
    const found = overview.problems.find(({ reason }) => reason === 'ClaimedTwice');
    assert.match(found?.message ?? '', new RegExp(`Compose project ${rig.name}`));
    assert.equal(rig.status(overview, rig.name).outcome, 'converged');
    assert.deepEqual(await rig.seen(), before);
  });

  it('two manifests whose Compose files give them one project, too', async () => {
    await using rig = await realStack();
    const project = `${rig.name}-shared`;
    for (const which of ['a', 'b']) {
      await rig.write(`${which}/stack.yaml`, `kind: stack\nname: ${rig.name}-${which}\n`);
      await rig.write(`${which}/compose.yaml`, `name: ${project}\nservices: { ${which}: { ${RUN} } }`);
    }
    const overview = await rig.apply();
    const outcomes = ['a', 'b'].map((which) => rig.status(overview, `${rig.name}-${which}`));
    assert.deepEqual(
      outcomes.map(({ outcome }) => outcome).sort(),
      ['converged', 'failed'],
      outcomes.map(({ sentence }) => sentence).join('; '),
    );
    assert.equal(outcomes.find(({ outcome }) => outcome === 'failed')?.reason, 'ProjectTaken');
    assert.equal((await rig.all()).length, 1);
  });

  for (const [what, service, name] of [
    ['a container_name', (rig: RealStack) => `{ ${RUN}, container_name: ${rig.name}-fixed }`, 'fixed'],
    ['the name that Compose would give', () => `{ ${RUN} }`, 'web-1'],
  ] as const) {
    it(`${what} that a stranger has is told before anything is stopped`, async () => {
      await using rig = await realStack();
      await rig.manifest();
      const first = await rig.applied(`services: { db: { ${RUN} } }`);
      assert.equal(first.outcome, 'converged', first.sentence);
      const before = await rig.seen();
      const theirs = await stranger(rig, `${rig.name}-${name}`);
      const state = await stateOf(rig, theirs);
      const status = await rig.applied(
        `services: { db: { ${RUN}, environment: { V: "2" } }, web: ${service(rig)} }`,
      );
      assert.equal(status.reason, 'NameTaken', status.sentence);
      assert.match(status.sentence, new RegExp(`${rig.name}-${name}`));
      assert.deepEqual(await stateOf(rig, theirs), state);
      assert.deepEqual(await rig.seen(), before);
    });
  }

  for (const [what, line] of [
    ['an alias', 'networks: { NET: { aliases: [VICTIM] } }'],
    ['the name of its host', 'hostname: VICTIM, networks: [NET]'],
  ] as const) {
    it(`${what} that is a neighbour’s name on a network of both would catch its requests, and is refused`, async () => {
      await using rig = await realStack();
      const [shared, victim] = [`${rig.name}-shared`, `${rig.name}-victim`];
      await rig.docker('POST', '/networks/create', { Name: shared });
      const theirs = await stranger(rig, victim, { HostConfig: { NetworkMode: shared } });
      const evil = `services: { web: { ${RUN}, ${line.replace('NET', 'shared').replace('VICTIM', victim)} } }\nnetworks: { shared: { name: ${shared}, external: true } }`;
      await rig.manifest();
      const status = await rig.applied(evil);
      assert.equal(status.reason, 'AliasTaken', status.sentence);
      assert.deepEqual(await rig.seen(), []);

      // What is kept out: with it on the network, the engine gives who asks for the neighbour another one as well.
      await composeByHand(rig, { name: rig.name, folder: rig.place.at('by-hand'), text: evil });
      const [web] = await rig.seen();
      const names = (await rig.docker('GET', `/containers/${web?.id}/json`)) as {
        NetworkSettings: { Networks: Record<string, { DNSNames: string[] }> };
      };
      assert.ok(names.NetworkSettings.Networks[shared]?.DNSNames.includes(victim));
      assert.equal((await stateOf(rig, theirs)).status, 'running');
    });
  }

  it('ports of Tinyforge, of SSH and past the firewall are told in the plan', async () => {
    await using rig = await realStack();
    await rig.manifest();
    await rig.compose(
      `services: { web: { ${RUN}, ports: ["127.0.0.1:22:80", "0.0.0.0:19999:81", "127.0.0.1:19998:82"] } }`,
    );
    const { notices } = await rig.planned();
    assert.deepEqual(
      notices.filter(({ reason }) => reason === 'PortExposed').map(({ message }) => message),
      [
        'Port 22 of the host is that of SSH',
        'Port 19999 is published at every address of the host, also past its firewall',
      ],
    );
  });

  it('a port that a stranger’s container has is told before anything is stopped', async () => {
    await using rig = await realStack();
    const port = await freePort();
    await rig.manifest();
    assert.equal((await rig.applied(`services: { web: { ${RUN} } }`)).outcome, 'converged');
    const before = await rig.seen();
    await stranger(rig, `${rig.name}-stranger`, {
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } },
    });
    const status = await rig.applied(`services: { web: { ${RUN}, ports: ["127.0.0.1:${port}:80"] } }`);
    assert.equal(status.reason, 'PortTaken', status.sentence);
    assert.match(status.sentence, new RegExp(`${port}.*${rig.name}-stranger`));
    assert.deepEqual(await rig.seen(), before);
  });

  it('a port that a program of the host has brings the last good files back, and says so', async () => {
    await using rig = await realStack();
    await using taken = await takenPort();
    await rig.manifest();
    assert.equal((await rig.applied(`services: { web: { ${RUN} } }`)).outcome, 'converged');
    const status = await rig.applied(`services: { web: { ${RUN}, ports: ["127.0.0.1:${taken.port}:80"] } }`);
    assert.equal(status.outcome, 'rolled-back', status.sentence);
    assert.equal(status.reason, 'PortTaken', status.sentence);
    assert.match(status.sentence, new RegExp(String(taken.port)));
    assert.deepEqual(
      (await rig.seen()).map(({ name, state }) => [name, state]),
      [[`${rig.name}-web-1`, 'running']],
    );
  });

  it('a service that is renamed takes the port, the name and the volume of the one before', async () => {
    await using rig = await realStack();
    const port = await freePort();
    // The lock is what a database has on its folder: two at once are two writers.
    const one = `{ ${RUN}, container_name: ${rig.name}-one, ports: ["127.0.0.1:${port}:80"], volumes: ["data:/data"], command: [sh, -c, "mkdir /data/lock || exit 9; trap 'rmdir /data/lock; exit 0' TERM; sleep 1000 & wait"] }`;
    await rig.manifest();
    const first = await rig.applied(`services: { before: ${one} }\nvolumes: { data: {} }`);
    assert.equal(first.outcome, 'converged', first.sentence);
    const status = await rig.applied(`services: { after: ${one} }\nvolumes: { data: {} }`);
    assert.equal(status.outcome, 'converged', status.sentence);
    assert.deepEqual(
      (await rig.seen()).map(({ name, service, state }) => [name, service, state]),
      [[`${rig.name}-one`, 'after', 'running']],
    );
  });

  it('a project that is renamed leaves nothing of its old name', async () => {
    await using rig = await realStack();
    const port = await freePort();
    await rig.manifest();
    const text = `services: { web: { ${RUN}, ports: ["127.0.0.1:${port}:80"] } }`;
    assert.equal((await rig.applied(text)).outcome, 'converged');
    await rig.manifest(`project: ${rig.name}-new\n`);
    const status = await rig.settle();
    assert.equal(status.outcome, 'converged', status.sentence);
    assert.deepEqual(
      (await rig.containers()).map(({ name, state }) => [name, state]),
      [[`${rig.name}-new-web-1`, 'running']],
    );
    assert.deepEqual((await rig.planned()).actions, []);
  });

  it('what was a project before gives way to the stack of its name', async () => {
    await using rig = await realStack();
    const [repository, tag] = testImages.web1.split(':');
    await rig.write(
      'app/stack.yaml',
      `kind: project\nname: ${rig.name}\nimage: ${repository}\ntag: ${tag}\nport: 8080\nhealthcheck: { disable: true }\nstop_grace_period: 1s\n`,
    );
    assert.equal((await rig.settle()).outcome, 'converged');
    await rig.manifest();
    const status = await rig.applied(`services: { web: { ${RUN} } }`);
    assert.equal(status.outcome, 'converged', status.sentence);
    assert.deepEqual(
      (await rig.containers()).map(({ name, state }) => [name, state]),
      [[`${rig.name}-web-1`, 'running']],
    );
  });
});

async function takenPort(): Promise<AsyncDisposable & { port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.close();
    await once(server, 'close');
  };
  return { port, [Symbol.asyncDispose]: close };
}
