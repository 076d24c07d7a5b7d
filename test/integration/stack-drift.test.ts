// What moves under a stack is put right by the lightest means; stopped, pruned and kept stacks are as declared.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CHECKED, PLAIN, type RealStack, RUN, realStack } from '../support/real/stack.ts';

const calm = async (rig: RealStack): Promise<void> => {
  assert.deepEqual((await rig.planned()).actions, []);
};

/** Names of what the engine made and started, without what Compose or we only look at. */
const effects = (writes: readonly string[]): string[] =>
  writes.filter((line) =>
    /^container (create|start|stop|kill|destroy)|^(network|volume) (create|destroy)/.test(line),
  );

describe('drift of a stack', () => {
  it('is healed by the lightest means: started by the engine, or made anew by Compose, that service alone', async () => {
    await using rig = await realStack();
    await rig.manifest();
    const status = await rig.applied(`services:
  web: { ${RUN}, depends_on: [db], networks: [front, default] }
  db: { ${RUN}, ${CHECKED}, scale: 2 }
  other: { ${RUN} }
networks: { front: {} }
`);
    assert.equal(status.outcome, 'converged', status.sentence);
    const before = await rig.seen();
    const [db1, db2] = before.filter(({ service }) => service === 'db');
    const web = before.find(({ service }) => service === 'web');
    const damages: {
      what: string;
      damage: () => Promise<unknown>;
      by: 'start' | 'up' | 'nothing';
      of: string;
    }[] = [
      {
        what: 'stopped',
        damage: () => rig.docker('POST', `/containers/${web?.id}/stop?t=0`),
        by: 'start',
        of: 'web',
      },
      {
        what: 'killed',
        damage: () => rig.docker('POST', `/containers/${db1?.id}/kill`),
        by: 'start',
        of: 'db',
      },
      {
        what: 'renamed',
        damage: () => rig.docker('POST', `/containers/${web?.id}/rename?name=${rig.name}-by-hand`),
        by: 'nothing',
        of: 'web',
      },
      {
        what: 'removed',
        damage: () => rig.docker('DELETE', `/containers/${db2?.id}?force=1`),
        by: 'up',
        of: 'db',
      },
    ];
    for (const { what, damage, by, of } of damages) {
      const had = await rig.seen();
      await damage();
      const children = rig.children().length;
      const healed = await rig.settle();
      assert.equal(healed.outcome, 'converged', `${what}: ${healed.sentence}`);
      const ups = rig
        .children()
        .slice(children)
        .filter((line) => line.includes(' up '));
      assert.deepEqual(
        ups.map((line) => line.slice(line.indexOf(' -- '))),
        by === 'up' ? [` -- ${of}`] : [],
        what,
      );
      const has = await rig.seen();
      const rest = (list: typeof has) =>
        list.filter(({ service }) => service !== of).map(({ id, startedAt }) => [id, startedAt]);
      assert.deepEqual(rest(has), rest(had), what);
      if (by !== 'up') assert.deepEqual(has.map(({ id }) => id).sort(), had.map(({ id }) => id).sort(), what);
      assert.ok(
        has.every(({ state }) => state === 'running'),
        what,
      );
      await calm(rig);
    }
  });

  it('a network that was removed under stopped containers is there again, and the services, too', async () => {
    await using rig = await realStack();
    await rig.manifest();
    await rig.applied(`services: { web: { ${RUN} }, db: { ${RUN} } }`);
    for (const { id } of await rig.seen()) await rig.docker('POST', `/containers/${id}/stop?t=0`);
    await rig.docker('DELETE', `/networks/${rig.name}_default`);
    const status = await rig.settle();
    assert.equal(status.outcome, 'converged', status.sentence);
    for (const { state, id } of await rig.seen()) {
      assert.equal(state, 'running');
      const { NetworkSettings } = (await rig.docker('GET', `/containers/${id}/json`)) as {
        NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
      };
      assert.match(NetworkSettings.Networks[`${rig.name}_default`]?.IPAddress ?? '', /\d/);
    }
    await calm(rig);
  });

  it('a container that was cut off its network by hand is on it again', async () => {
    await using rig = await realStack();
    await rig.manifest();
    await rig.applied(`services: { web: { ${RUN} }, db: { ${RUN} } }`);
    const [db, web] = await rig.seen();
    await rig.docker('POST', `/networks/${rig.name}_default/disconnect`, { Container: db?.id, Force: true });
    const status = await rig.settle();
    assert.equal(status.outcome, 'converged', status.sentence);
    const healed = (await rig.seen()).find(({ service }) => service === 'db');
    const { NetworkSettings } = (await rig.docker('GET', `/containers/${healed?.id}/json`)) as {
      NetworkSettings: { Networks: Record<string, { Aliases: string[] | null }> };
    };
    assert.ok(NetworkSettings.Networks[`${rig.name}_default`]?.Aliases?.includes('db'));
    assert.equal((await rig.seen()).find(({ service }) => service === 'web')?.startedAt, web?.startedAt);
    await calm(rig);
  });

  it('who has an address of its own is made anew with it, and a job that is done is not run again', async () => {
    await using rig = await realStack();
    await rig.manifest();
    const at = '10.213.47.9';
    const status = await rig.applied(`services:
  db: { ${RUN}, networks: { default: { ipv4_address: ${at} } } }
  web: { ${RUN}, networks: [side] }
  job: { ${PLAIN}, command: [sh, -c, "exit 0"], networks: [side] }
networks: { default: { ipam: { config: [{ subnet: 10.213.47.0/24 }] } }, side: {} }
`);
    assert.equal(status.outcome, 'converged', status.sentence);
    const before = await rig.seen();
    const byName = (name: string) => before.find(({ service }) => service === name);
    const { id } = byName('db') ?? {};
    await rig.docker('POST', `/networks/${rig.name}_default/disconnect`, { Container: id, Force: true });
    await rig.docker('POST', `/containers/${byName('web')?.id}/stop?t=0`);
    await rig.docker('DELETE', `/networks/${rig.name}_side`);
    assert.equal((await rig.settle()).outcome, 'converged');
    const [db, job, web] = await rig.seen();
    const { NetworkSettings } = (await rig.docker('GET', `/containers/${db?.id}/json`)) as {
      NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
    };
    assert.equal(NetworkSettings.Networks[`${rig.name}_default`]?.IPAddress, at);
    assert.deepEqual([web?.state, job?.id], ['running', byName('job')?.id]);
    assert.equal(job?.startedAt, byName('job')?.startedAt);
    await calm(rig);
  });

  it('a container that is paused is left to people', async () => {
    await using rig = await realStack();
    await rig.manifest();
    await rig.applied(`services: { web: { ${RUN} }, db: { ${RUN} } }`);
    const [db] = await rig.seen();
    await rig.docker('POST', `/containers/${db?.id}/pause`);
    const status = await rig.settle();
    assert.equal(status.outcome, 'degraded', status.sentence);
    assert.match(status.sentence, /db is paused/);
    await rig.docker('POST', `/containers/${db?.id}/unpause`);
    assert.equal((await rig.settle()).outcome, 'converged');
  });
});

describe('a stack that shall not run', () => {
  it('state: stopped stops all of it, who needs others first; running starts the same containers again', async () => {
    await using rig = await realStack();
    const text = `services:
  a-web: { ${PLAIN}, depends_on: [z-db] }
  worker: { ${PLAIN} }
  z-db: { ${RUN} }
  job: { ${PLAIN}, command: [sh, -c, "exit 0"] }
`;
    await rig.manifest();
    await rig.applied(text);
    const before = await rig.seen();
    await rig.manifest('state: stopped\n');
    const stops = await rig.writesDuring(async () => {
      const stopped = await rig.settle();
      assert.deepEqual([stopped.outcome, stopped.reason], ['converged', 'Stopped'], stopped.sentence);
    });
    const died = stops.filter((line) => line.startsWith('container die')).map((line) => line.split(' ')[2]);
    assert.ok(
      died.indexOf(`${rig.name}-a-web-1`) < died.indexOf(`${rig.name}-z-db-1`),
      'what needs the database is stopped before it',
    );
    assert.ok((await rig.seen()).every(({ state }) => state === 'exited'));
    await calm(rig);

    await rig.compose('services: { web: [');
    await rig.settle();
    assert.ok(
      (await rig.seen()).every(({ state }) => state === 'exited'),
      'what is stopped stays so while its files cannot be read',
    );
    await rig.compose(text);

    await rig.manifest();
    const children = rig.children().length;
    const starts = await rig.writesDuring(async () => {
      const running = await rig.settle();
      assert.equal(running.outcome, 'converged', running.sentence);
    });
    assert.deepEqual(
      rig
        .children()
        .slice(children)
        .filter((line) => line.includes(' up ')),
      [],
    );
    const started = starts
      .filter((line) => line.startsWith('container start'))
      .map((line) => line.split(' ')[2]);
    assert.ok(started.indexOf(`${rig.name}-z-db-1`) < started.indexOf(`${rig.name}-a-web-1`));
    assert.ok(!started.includes(`${rig.name}-job-1`), 'a job that is done is not run again');
    const after = await rig.seen();
    assert.deepEqual(
      after.map(({ id, service, state }) => [id, service, state]),
      before.map(({ id, service, state }) => [id, service, state]),
    );
    await calm(rig);
  });

  it('is pruned with its containers and networks, while its volumes stay; with `prune: false` all of it stays', async () => {
    await using rig = await realStack();
    const neighbour = async () => {
      await rig.write('keep/stack.yaml', `kind: stack\nname: z-${rig.name}\n`);
      await rig.write('keep/compose.yaml', `services: { z: { ${RUN} } }`);
    };
    await neighbour();
    const text = `services:
  web: { ${RUN}, networks: [default, back], volumes: ["data:/data"] }
  job: { ${PLAIN}, command: [sh, -c, "exit 0"] }
networks: { back: {} }
volumes: { data: {} }
`;
    await rig.manifest('prune: false\n');
    await rig.applied(text);
    const before = await rig.seen();
    await rig.remove('app');
    const kept = await rig.writesDuring(() => rig.apply());
    assert.deepEqual(effects(kept), []);
    assert.deepEqual(await rig.seen(), before);

    await rig.manifest();
    await rig.compose(text);
    assert.equal((await rig.settle()).outcome, 'converged');
    assert.deepEqual(await rig.seen(), before, 'it is the same one again');
    await rig.remove('app');
    await rig.apply();
    assert.deepEqual(await rig.seen(), []);
    const networks = (await rig.docker('GET', '/networks')) as { Name: string }[];
    assert.deepEqual(
      networks.map(({ Name }) => Name).filter((name) => name.startsWith(rig.name)),
      [],
    );
    await rig.docker('GET', `/volumes/${rig.name}_data`);
    assert.deepEqual(effects(await rig.writesDuring(() => rig.apply())), []);
    const [z] = await rig.containers();
    assert.equal(z?.state, 'running', 'the neighbour is untouched');
  });
});

describe('dependencies between workloads', () => {
  it('a project waits until the stack is healthy, and the stack until the project is', async () => {
    await using rig = await realStack();
    const late =
      'healthcheck: { test: ["CMD-SHELL", "test -e /tmp/ready"], interval: 200ms, timeout: 5s, retries: 100 }';
    await rig.manifest('depends_on: [first]\n'.replace('first', `a-${rig.name}`));
    await rig.compose(
      `services: { db: { ${RUN}, command: [sh, -c, "sleep 2; touch /tmp/ready; exec sleep 1000"], ${late} } }`,
    );
    const project = (name: string, more: string) =>
      `kind: project\nname: ${name}\nimage: tinyforge-test/web\ntag: v1\nport: 8080\nhealthcheck: { http: /healthz, interval: 200ms }\nstop_grace_period: 1s\n${more}`;
    await rig.write('first.yaml', project(`a-${rig.name}`, ''));
    await rig.write('last.yaml', project(`z-${rig.name}`, `depends_on: [${rig.name}]\n`));
    const overview = await rig.apply();
    for (const unit of [rig.name, `a-${rig.name}`, `z-${rig.name}`])
      assert.equal(rig.status(overview, unit).outcome, 'converged', rig.status(overview, unit).sentence);
    const facts = async (name: string) => {
      const found = (await rig.containers()).find((entry) => entry.name.includes(name));
      return (await rig.docker('GET', `/containers/${found?.id}/json`)) as {
        Created: string;
        State: { Health?: { Log: { Start: string; ExitCode: number }[] } };
      };
    };
    const [first, db, last] = [
      await facts(`a-${rig.name}`),
      await facts(`${rig.name}-db`),
      await facts(`z-${rig.name}`),
    ];
    const healthyAt = db.State.Health?.Log.find(({ ExitCode }) => ExitCode === 0)?.Start ?? '';
    assert.ok(healthyAt !== '', 'the check passed while somebody still remembers');
    assert.ok(Date.parse(db.Created) > Date.parse(first.Created));
    assert.ok(Date.parse(last.Created) > Date.parse(healthyAt), `${last.Created} > ${healthyAt}`);
  });

  it('who waits for a stack that fails is not rolled out, and goes on once it is well', async () => {
    await using rig = await realStack();
    await rig.manifest();
    const never = 'healthcheck: { test: ["CMD", "false"], interval: 200ms, timeout: 5s, retries: 2 }';
    await rig.compose(`services: { db: { ${RUN}, ${never} } }`);
    await rig.write(
      'last.yaml',
      `kind: project\nname: z-${rig.name}\nimage: tinyforge-test/web\ntag: v1\nhealthcheck: { disable: true }\ndepends_on: [${rig.name}]\n`,
    );
    const overview = await rig.apply();
    assert.equal(rig.status(overview, rig.name).outcome, 'failed');
    const waits = rig.status(overview, `z-${rig.name}`);
    assert.deepEqual([waits.outcome, waits.reason], ['waiting', 'DependencyNotReady'], waits.sentence);
    assert.equal((await rig.containers()).length, 1);
    await rig.compose(`services: { db: { ${RUN}, ${CHECKED} } }`);
    assert.equal(rig.status(await rig.apply(), `z-${rig.name}`).outcome, 'converged');
  });
});
