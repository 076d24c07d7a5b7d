// Manifests that are moved or claimed twice, beside the running controller on a real engine: no container and no byte of data notices.
import assert from 'node:assert/strict';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
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
