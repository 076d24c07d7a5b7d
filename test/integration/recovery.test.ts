// The database, and then everything we keep, is lost while all runs: no container restarts, and holds stay.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type RealController, realController } from '../support/real/controller.ts';
import { engineWrites, filesOf, serve } from '../support/real/serving.ts';

const project = (name: string, tag: string, more = ''): string => `kind: project
name: ${name}
image: tinyforge-test/web
tag: ${tag}
port: 8080
healthcheck: { http: /healthz, interval: 100ms, timeout: 2s, retries: 5 }
stop_grace_period: 1s
drain: 0s
${more}`;

/** What tells whether anything was touched: id, state and start of each container. */
async function lives(rig: RealController): Promise<unknown[]> {
  return Promise.all(
    (await rig.containers()).map(async ({ id, name, state }) => {
      const { State } = (await rig.docker('GET', `/containers/${id}/json`)) as {
        State: { StartedAt: string };
      };
      return { id, name, state, startedAt: State.StartedAt };
    }),
  );
}

const loseIndex = async (rig: RealController): Promise<void> => {
  for (const end of ['', '-wal', '-shm']) await rm(join(rig.config.data, `index.db${end}`), { force: true });
};

describe('what is kept is lost', () => {
  it('the database is deleted under a running controller, then at rest: nothing restarts, a suspended and a quarantined one stay so', async () => {
    await using rig = await realController();
    const [good, bad, held] = ['good', 'bad', 'held'].map((part) => `${rig.name}-${part}`) as [
      string,
      string,
      string,
    ];
    for (const name of [good, bad, held]) await rig.write(`${name}.yaml`, project(name, 'v1'));
    await rig.apply();
    {
      await using first = await serve(rig);
      await first.converged(held, 'v1');
      first.pass.control.suspend({ unit: held, by: 'test', why: 'by hand', sinceMs: 1 });
      await rig.write(`${bad}.yaml`, project(bad, 'never-healthy'));
      await rig.write(`${held}.yaml`, project(held, 'v2'));
      await first.sees(bad, 'rolled back', ({ outcome }) => outcome === 'rolled-back');
      await first.sees(held, 'suspended', ({ outcome }) => outcome === 'suspended');
      await first.rested();
      const before = await lives(rig);
      assert.equal(before.length, 4);
      const writes = await engineWrites(rig, async () => {
        await loseIndex(rig);
        first.pass.controller.trigger({ why: 'the index is gone', refresh: true });
        await first.rested();
        await first.rested();
      });
      assert.deepEqual(writes, []);
      assert.deepEqual(await lives(rig), before);
      assert.equal(rig.status(first.overview(), bad).outcome, 'rolled-back');
      assert.ok(existsSync(join(rig.config.data, 'index.db')), 'the index is built again without a restart');
      assert.equal(first.pass.store.containers({}).length, 4);
    }
    await loseIndex(rig);
    const before = await lives(rig);
    const writes = await engineWrites(rig, async () => {
      await using second = await serve(rig);
      await second.converged(good, 'v1');
      await second.sees(
        bad,
        'rolled back',
        ({ outcome, runs }) => outcome === 'rolled-back' && runs === 'v1',
      );
      await second.sees(held, 'suspended', ({ outcome, runs }) => outcome === 'suspended' && runs === 'v1');
      await second.rested();
      assert.equal(second.pass.store.containers({}).length, 4);
    });
    assert.deepEqual(writes, []);
    assert.deepEqual(await lives(rig), before);
  });

  it('a database that is no database is put aside, told, and built anew', async () => {
    await using rig = await realController();
    await rig.write('shop.yaml', project(rig.name, 'v1'));
    await rig.apply();
    const before = await lives(rig);
    await loseIndex(rig);
    await writeFile(join(rig.config.data, 'index.db'), 'this is not what it was\n'.repeat(1_000));
    const overview = await rig.apply();
    assert.equal(rig.status(overview, rig.name).outcome, 'converged');
    assert.deepEqual(await lives(rig), before);
    const aside = readdirSync(rig.config.data).filter((file) =>
      /^index\.db\.?.*(?:damaged|corrupt|broken)/.test(file),
    );
    assert.equal(aside.length, 1, readdirSync(rig.config.data).join(', '));
  });

  it('the whole data directory is gone: what runs is known by its labels and left alone; what uses secrets is made anew once', async () => {
    await using rig = await realController({ env: { TINYFORGE_SECRET_DB: 'swordfish' } });
    const [plain, secret] = [`${rig.name}-plain`, `${rig.name}-secret`];
    await rig.write('plain.yaml', project(plain, 'v1'));
    await rig.write('secret.yaml', project(secret, 'v1', 'environment: { DB: "${secret:db}" }\n'));
    await rig.apply();
    const own = async (name: string): Promise<unknown[]> =>
      ((await lives(rig)) as { name: string }[]).filter((entry) => entry.name.startsWith(name));
    const before = await own(plain);
    const beforeSecret = await own(secret);
    await rm(rig.config.data, { recursive: true });
    const first = await rig.apply();
    assert.equal(rig.status(first, plain).outcome, 'converged');
    assert.equal(rig.status(first, secret).outcome, 'converged');
    assert.deepEqual(await own(plain), before);
    const after = await own(secret);
    assert.notDeepEqual(after, beforeSecret);
    assert.equal(after.length, 1);
    assert.ok(existsSync(join(rig.config.data, 'control', 'key')));
    await rig.apply();
    assert.deepEqual(await own(secret), after);
    assert.deepEqual(await own(plain), before);
  });
});

describe('law 2: twice is nothing', () => {
  it('ten passes of a converged controller: no change on the engine, no write to the store, no file touched', async () => {
    await using rig = await realController();
    await rig.write('shop.yaml', project(rig.name, 'v1', 'replicas: 2\n'));
    await rig.write('site/site.yaml', `kind: site\nname: ${rig.name}-docs\ncontent: { path: ./public }\n`);
    await rig.write('site/public/index.html', 'hello');
    await using controller = await serve(rig);
    await controller.converged(rig.name, 'v1');
    await controller.converged(`${rig.name}-docs`);
    await controller.rested();
    const { store } = controller.pass;
    const control = join(rig.config.data, 'control');
    const before = { writes: store.writes(), files: filesOf(control) };
    assert.ok(before.writes > 0 && Object.keys(before.files).length >= 2);
    let passes = 0;
    const end = controller.pass.controller.subscribe((change) => {
      if (change.type === 'pass') passes++;
    });
    const changes = await engineWrites(rig, async () => {
      for (let pass = 0; pass < 10; pass++) {
        controller.pass.controller.trigger({ why: 'somebody asks', refresh: true });
        await controller.rested();
      }
    });
    end();
    assert.ok(passes >= 10, `${passes} passes`);
    assert.deepEqual(changes, []);
    assert.deepEqual({ writes: store.writes(), files: filesOf(control) }, before);
    // The witness is awake: a change does show.
    const seen = await engineWrites(rig, async () => {
      await rig.write('shop.yaml', project(rig.name, 'v2', 'replicas: 2\n'));
      await controller.converged(rig.name, 'v2');
    });
    assert.ok(
      seen.some((line) => line.startsWith('container create')),
      seen.join('\n'),
    );
    assert.ok(store.writes() > before.writes);
  });
});
