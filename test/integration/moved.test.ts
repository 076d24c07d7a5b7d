// Manifests that are moved or claimed twice, beside the running controller on a real engine: no container and no byte of data notices.
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import type { SourceConfig } from '../../src/model/config.ts';
import { fillVolume, volumeChecksum } from '../support/real/checksum.ts';
import type { Seen } from '../support/real/controller.ts';
import { type Serving, serve } from '../support/real/serving.ts';
import { type RealStack, RUN, realStack } from '../support/real/stack.ts';

interface House extends AsyncDisposable {
  rig: RealStack;
  serving: Serving;
  /** Of `home` and `guest`. */
  at(...path: string[]): string;
  move(from: string, to: string): Promise<void>;
  /** That all is as it was when it was made, and nothing is to be done; the source and file that each unit has now. */
  unchanged(when: string): Promise<Record<string, string>>;
}

/** A project and a stack of the source `home`, each with a volume and something in it. */
async function house(): Promise<House> {
  let root = '';
  const rig = await realStack({
    sources({ place }) {
      root = place.at('sources');
      return ['home', 'guest'].map(
        (name): SourceConfig => ({
          ...{ type: 'directory', name, directory: join(root, name), writeBack: 'off', variables: {} },
        }),
      );
    },
  });
  const at = (...path: string[]) => join(root, ...path);
  for (const source of ['home', 'guest']) await mkdir(at(source), { recursive: true });
  const [shop, app] = [rig.name, `${rig.name}-app`];
  const files = {
    'home/shop.yaml': `kind: project\nname: ${shop}\nimage: tinyforge-test/web\ntag: v1\nport: 8080\nhealthcheck: { http: /healthz, interval: 200ms }\nstop_grace_period: 1s\nvolumes: ["${shop}-data:/data"]\n`,
    'home/app/stack.yaml': `kind: stack\nname: ${app}\n`,
    'home/app/compose.yaml': `services: { db: { ${RUN}, volumes: ["files:/files"] } }\nvolumes: { files: {} }\n`,
    // A source that is emptied is taken for one that is not mounted.
    'home/other.yaml': `kind: project\nname: ${shop}-other\nimage: tinyforge-test/web\ntag: v1\nstate: stopped\n`,
    'guest/other.yaml': `kind: project\nname: ${shop}-guest\nimage: tinyforge-test/web\ntag: v1\nstate: stopped\n`,
  };
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(at(file)), { recursive: true });
    await writeFile(at(file), text);
  }
  const serving = await serve(rig);
  for (const unit of [shop, app]) await serving.converged(unit);
  const volumes = [`${shop}-data`, `${app}_files`];
  for (const volume of volumes) await fillVolume(rig, volume);
  const look = async () => ({
    containers: await Promise.all((await rig.all()).map((one) => lifeOf(rig, one))),
    data: await Promise.all(volumes.map((volume) => volumeChecksum(rig, volume))),
  });
  const before = await look();
  assert.equal(before.containers.length, 2);
  return {
    rig,
    serving,
    at,
    async move(from, to) {
      await mkdir(dirname(at(to)), { recursive: true });
      await rename(at(from), at(to));
    },
    async unchanged(when) {
      await serving.rested();
      assert.deepEqual(await look(), before, when);
      const { controller } = serving.pass;
      const plan = await controller.plan({ fresh: true, prune: true });
      assert.deepEqual(
        plan.units.flatMap(({ unit, actions }) => actions.map(({ type }) => `${unit} ${type}`)),
        [],
        when,
      );
      assert.deepEqual(plan.orphans, [], when);
      return Object.fromEntries(
        serving
          .overview()
          .units.filter(({ unit }) => [shop, app].includes(unit))
          .map(({ unit, outcome }) => [unit.slice(rig.name.length), outcome]),
      );
    },
    async [Symbol.asyncDispose]() {
      await serving.stop();
      await rig[Symbol.asyncDispose]();
    },
  };
}

async function lifeOf(rig: RealStack, { id, name }: Seen): Promise<string> {
  const { State } = (await rig.docker('GET', `/containers/${id}/json`)) as {
    State: { StartedAt: string; Status: string };
  };
  return `${name} ${id} ${State.StartedAt} ${State.Status}`;
}

const CONVERGED = { '': 'converged', '-app': 'converged' };

describe('a manifest that is moved', () => {
  it('to another file, folder and source, beside its other claimant too: nothing is restarted, every byte stays', async () => {
    await using own = await house();
    const { at, serving } = own;
    await own.move('home/shop.yaml', 'home/apps/shop.yaml');
    assert.deepEqual(await own.unchanged('in another file'), CONVERGED);
    await own.move('home/app', 'home/apps/app');
    assert.deepEqual(await own.unchanged('a stack in another folder'), CONVERGED);
    // Two claim it: who has it keeps it, and the other one is told.
    await cp(at('home/apps'), at('guest/apps'), { recursive: true });
    assert.deepEqual(await own.unchanged('claimed twice'), CONVERGED);
    assert.deepEqual(
      serving.overview().problems.map(({ reason, source, file }) => [reason, source, file]),
      [
        ['DuplicateName', 'guest', 'apps/app/stack.yaml'],
        ['DuplicateName', 'guest', 'apps/shop.yaml'],
      ],
    );
    await rm(at('home/apps'), { recursive: true });
    assert.deepEqual(await own.unchanged('in another source'), CONVERGED);
    assert.deepEqual(serving.overview().problems, []);
  });
});

describe('a stack whose folder moves', () => {
  it('is held while its data stayed behind, and goes on with it when it is there', async () => {
    let root = '';
    await using rig = await realStack({
      sources({ place }) {
        root = place.at('home');
        return [{ type: 'directory', name: 'home', directory: root, writeBack: 'off', variables: {} }];
      },
    });
    const at = (...path: string[]) => join(root, ...path);
    await mkdir(at('old', 'data'), { recursive: true });
    await writeFile(at('old', 'stack.yaml'), `kind: stack\nname: ${rig.name}\n`);
    await writeFile(at('old', 'compose.yaml'), `services: { db: { ${RUN}, volumes: ["./data:/data"] } }\n`);
    await writeFile(at('old', 'data', 'kept.txt'), 'kept');
    const serving = await serve(rig);
    try {
      await serving.converged(rig.name);
      const lives = async () => Promise.all((await rig.all()).map((one) => lifeOf(rig, one)));
      const before = await lives();
      await mkdir(at('new'));
      for (const file of ['compose.yaml', 'stack.yaml']) await rename(at('old', file), at('new', file));
      const held = await serving.sees(
        rig.name,
        'held for its data',
        ({ reason }) => reason === 'DataLeftBehind',
      );
      assert.match(held.sentence, /data/);
      await serving.rested();
      assert.deepEqual(await lives(), before);
      await rename(at('old', 'data'), at('new', 'data'));
      await serving.sees(rig.name, 'moved', ({ outcome }) => outcome === 'converged');
      await serving.rested();
      const [now] = await rig.all();
      const { Mounts } = (await rig.docker('GET', `/containers/${now?.id}/json`)) as {
        Mounts: { Source: string; Destination: string }[];
      };
      assert.deepEqual(
        Mounts.map(({ Source, Destination }) => [Source, Destination]),
        [[at('new', 'data'), '/data']],
      );
      assert.equal(await readFile(at('new', 'data', 'kept.txt'), 'utf8'), 'kept');
      await assert.rejects(stat(at('old', 'data')), { code: 'ENOENT' });
    } finally {
      await serving.stop();
    }
  });
});
