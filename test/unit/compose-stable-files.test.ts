// Stacks from git run in one stable folder: what commits write there, what they remove, and what they never touch.
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import { openFolder } from '../../src/adapters/tree/create-folder.ts';
import type { DesiredStack } from '../../src/model/desired.ts';
import { isFault } from '../../src/model/errors.ts';
import type { StackModel } from '../../src/model/resolved.ts';
import type { OpenFolder } from '../../src/ports/folder.ts';
import { makeStackPlace, type StackPlace } from '../support/compose-place.ts';
import { createFakeCompose, type FakeCompose } from '../support/fake-compose-runner.ts';

interface Rig extends StackPlace {
  compose: FakeCompose;
  /** Where the stack runs. */
  stable: string;
  /** Makes a checkout of its own with these files, as git sources do for each commit. */
  commit(files: Readonly<Record<string, string>>): Promise<DesiredStack>;
  /** A pass: resolve, and materialise what is pending. */
  pass(desired: DesiredStack): Promise<StackModel>;
  read(path: string): Promise<string>;
}

async function withGit(work: (rig: Rig) => Promise<void>): Promise<void> {
  const compose = createFakeCompose();
  await using stack = await makeStackPlace({ name: 'shop', compose: () => compose });
  const stable = `${stack.dataDirectory}/stacks/shop`;
  let commits = 0;
  await work(
    Object.assign(stack, {
      compose,
      stable,
      read: (path: string) => readFile(`${stable}/${path}`, 'utf8'),
      async commit(files: Readonly<Record<string, string>>) {
        const root = stack.place.at('checkouts', String(++commits));
        for (const [path, content] of Object.entries(files)) {
          await mkdir(dirname(`${root}/${path}`), { recursive: true });
          await writeFile(`${root}/${path}`, content);
          if (path.endsWith('.sh')) await chmod(`${root}/${path}`, 0o755);
        }
        return stack.desired({ root, inPlace: false, revision: `commit-${commits}` });
      },
      async pass(desired: DesiredStack) {
        const model = await stack.resolver.resolve(desired);
        if (model.pendingFiles !== null) await stack.resolver.materialise(desired);
        return model;
      },
    }),
  );
}

/** Folders that do so many writes and removals and no more, as if the process were killed. */
function dyingFolder(steps: number): OpenFolder {
  let left = steps;
  const live = () => {
    if (left-- <= 0) throw new Error('killed');
  };
  return (root, options) => {
    const folder = openFolder(root, options);
    return {
      ...folder,
      async write(file) {
        live();
        return folder.write(file);
      },
      async remove(path) {
        live();
        return folder.remove(path);
      },
    };
  };
}

const COMPOSE = `services:
  web: { image: x, volumes: ["./data:/data", "./conf:/etc/app:ro", "../shared/base.ini:/base.ini:ro"] }
`;
const FILES = {
  'app/compose.yaml': COMPOSE,
  'app/conf/app.ini': 'a=1',
  'app/data/.gitkeep': '',
  'app/run.sh': '#!/bin/sh',
  'shared/base.ini': 'base',
  'shared/unused.ini': 'unused',
  'README.md': 'x',
};

describe('a stack from git', () => {
  it('runs in its stable folder, with what it uses from elsewhere beside it, and resolves alike for each commit', () =>
    withGit(async ({ commit, pass, resolver, stable, compose }) => {
      const first = await pass(await commit(FILES));
      assert.equal(first.projectDirectory, stable);
      assert.deepEqual((await readdir(stable, { recursive: true })).sort(), [
        '.tree',
        '.tree/shared',
        '.tree/shared/base.ini',
        'compose.yaml',
        'conf',
        'conf/app.ini',
        'data',
        'data/.gitkeep',
        'run.sh',
      ]);
      const second = await commit({ ...FILES, 'README.md': 'y' });
      assert.deepEqual({ ...(await pass(second)), pendingFiles: null }, { ...first, pendingFiles: null });
      assert.equal(compose.configs(), 1);
      const { file } = await resolver.render(second, 'desired');
      const model = JSON.parse(await readFile(file, 'utf8'));
      assert.deepEqual(
        model.services.web.volumes.map(({ source }: { source: string }) => source),
        [`${stable}/data`, `${stable}/conf`, `${stable}/.tree/shared/base.ini`],
      );
    }));

  it('has nothing pending once its files are there, in this process and in the next', () =>
    withGit(async ({ commit, pass, resolver, restarted }) => {
      const desired = await commit(FILES);
      assert.notEqual((await pass(desired)).pendingFiles, null);
      assert.equal((await resolver.resolve(desired)).pendingFiles, null);
      assert.equal((await restarted().resolve(desired)).pendingFiles, null);
    }));

  it('keeps modes, and the very file where nothing changed', () =>
    withGit(async ({ commit, pass, stable }) => {
      await pass(await commit(FILES));
      assert.equal((await stat(`${stable}/run.sh`)).mode & 0o777, 0o755);
      assert.equal((await stat(`${stable}/conf/app.ini`)).mode & 0o777, 0o644);
      const before = await stat(`${stable}/conf/app.ini`);
      await pass(await commit({ ...FILES, 'app/run.sh': '#!/bin/sh\n# new' }));
      assert.equal((await stat(`${stable}/conf/app.ini`)).ino, before.ino);
    }));

  it('makes the service new for a changed file that it sees, and only then', () =>
    withGit(async ({ commit, pass }) => {
      const hash = async (files: Record<string, string>) =>
        (await pass(await commit(files))).services.web?.specHash;
      const first = await hash(FILES);
      assert.equal(await hash({ ...FILES, 'app/other.txt': 'x', 'README.md': 'z' }), first);
      assert.equal(await hash({ ...FILES, 'app/data/.gitkeep': 'x' }), first);
      assert.notEqual(await hash({ ...FILES, 'app/conf/app.ini': 'a=2' }), first);
      assert.notEqual(await hash({ ...FILES, 'shared/base.ini': 'other' }), first);
    }));

  it('never touches what is not tracked', () =>
    withGit(async ({ commit, pass, stable, read }) => {
      await pass(await commit(FILES));
      await writeFile(`${stable}/data/db`, 'precious');
      await writeFile(`${stable}/conf/local.ini`, 'mine');
      for (const text of ['1', '2', '3']) await pass(await commit({ ...FILES, 'app/conf/app.ini': text }));
      assert.equal(await read('data/db'), 'precious');
      assert.equal(await read('conf/local.ini'), 'mine');
    }));

  it('removes what a commit removed, with its empty folders, unless somebody changed it', () =>
    withGit(async ({ commit, pass, stable, read }) => {
      const more = { ...FILES, 'app/conf/old/a.ini': 'a', 'app/conf/old/b.ini': 'b', 'app/gone/x': 'x' };
      await pass(await commit(more));
      await writeFile(`${stable}/conf/old/b.ini`, 'changed by hand');
      await pass(await commit(FILES));
      assert.deepEqual((await readdir(stable)).sort(), ['.tree', 'compose.yaml', 'conf', 'data', 'run.sh']);
      assert.deepEqual(await readdir(`${stable}/conf/old`), ['b.ini']);
      assert.equal(await read('conf/old/b.ini'), 'changed by hand');
    }));

  it('heals a tracked file that was changed or deleted, but not one that a service may write to', () =>
    withGit(async ({ commit, pass, resolver, stable, read }) => {
      const files = { ...FILES, 'app/data/seed.sql': 'seed' };
      const desired = await commit(files);
      await pass(desired);
      await writeFile(`${stable}/conf/app.ini`, 'hand-made');
      await rm(`${stable}/run.sh`);
      await writeFile(`${stable}/data/seed.sql`, 'written by the service');
      await pass(desired);
      assert.equal(await read('conf/app.ini'), 'a=1');
      assert.equal(await read('run.sh'), '#!/bin/sh');
      assert.equal(await read('data/seed.sql'), 'written by the service');
      assert.equal((await resolver.resolve(desired)).pendingFiles, null);
      await pass(await commit({ ...files, 'app/data/seed.sql': 'seed 2' }));
      assert.equal(await read('data/seed.sql'), 'seed 2');
    }));

  it('follows no link that a workload planted', () =>
    withGit(async ({ commit, pass, stable, place }) => {
      await mkdir(place.at('victim'));
      await writeFile(place.at('victim/app.ini'), 'untouched');
      await pass(await commit(FILES));
      await rename(`${stable}/conf`, `${stable}/conf-old`);
      await symlink(place.at('victim'), `${stable}/conf`);
      const next = await commit({ ...FILES, 'app/conf/app.ini': 'a=2' });
      await assert.rejects(
        pass(next),
        (error: unknown) => isFault(error) && error.reason === 'BindThroughLink',
      );
      await rm(`${stable}/conf`);
      await mkdir(`${stable}/conf`);
      await symlink(place.at('victim/app.ini'), `${stable}/conf/app.ini`);
      await pass(next);
      assert.equal(await readFile(`${stable}/conf/app.ini`, 'utf8'), 'a=2');
      assert.ok((await stat(`${stable}/conf/app.ini`)).isFile());
      assert.equal(await readFile(place.at('victim/app.ini'), 'utf8'), 'untouched');
    }));

  it('comes to the same end after a crash at any point of writing', () =>
    withGit(async (rig) => {
      const { commit, restarted, stable } = rig;
      const before = await commit({ ...FILES, 'app/conf/old.ini': 'old' });
      const after = await commit({ ...FILES, 'app/conf/app.ini': 'a=2', 'app/conf/new.ini': 'new' });
      const { 'app/conf/app.ini': _gone, ...rest } = FILES;
      const without = await commit({ ...rest, 'app/conf/new.ini': 'new' });
      const conf = async () => {
        const names = (await readdir(`${stable}/conf`)).sort();
        return Promise.all(
          names.map(async (name) => `${name}: ${await readFile(`${stable}/conf/${name}`, 'utf8')}`),
        );
      };
      const ends: [DesiredStack, string[]][] = [
        [after, ['app.ini: a=2', 'new.ini: new']],
        // The commit that was being written is taken back: what it brought goes with it.
        [before, ['app.ini: a=1', 'old.ini: old']],
        [without, ['new.ini: new']],
      ];
      for (const [end, files] of ends) {
        for (let steps = 0; ; steps++) {
          await restarted().materialise(before);
          const crashed = await restarted(dyingFolder(steps))
            .materialise(after)
            .then(
              () => false,
              () => true,
            );
          const next = restarted();
          await next.resolve(end);
          await next.materialise(end);
          assert.equal((await next.resolve(end)).pendingFiles, null, `after ${steps} steps`);
          assert.deepEqual(await conf(), files, `after ${steps} steps`);
          if (!crashed) {
            assert.ok(steps >= 5, `only ${steps} steps`);
            break;
          }
        }
      }
    }));

  it('brings back the files of the last good generation with its model', () =>
    withGit(async ({ commit, pass, resolver, read, stable }) => {
      const good = await commit(FILES);
      await pass(good);
      await resolver.render(good, 'desired');
      await resolver.markGood(good);
      const bad = await commit({ ...FILES, 'app/conf/app.ini': 'broken', 'shared/base.ini': 'broken' });
      await pass(bad);
      assert.equal(await read('conf/app.ini'), 'broken');
      await writeFile(`${stable}/data/db`, 'precious');
      await resolver.render(bad, 'good');
      assert.equal(await read('conf/app.ini'), 'a=1');
      assert.equal(await read('.tree/shared/base.ini'), 'base');
      assert.equal(await read('data/db'), 'precious');
    }));

  it('may lie at the root of its source', () =>
    withGit(async ({ commit, pass, stable }) => {
      const desired = await commit({
        'compose.yaml': 'services: { a: { image: x, volumes: ["./conf:/c:ro"] } }',
        'conf/a': 'x',
      });
      const model = await pass({ ...desired, compose: ['compose.yaml'] });
      assert.equal(model.pendingFiles === null, false);
      assert.deepEqual((await readdir(stable)).sort(), ['compose.yaml', 'conf']);
    }));

  it('may not bind what belongs to Tinyforge, nor another stack’s folder', () =>
    withGit(async ({ commit, resolver, dataDirectory, runDirectory }) => {
      for (const source of [
        `${dataDirectory}/control`,
        `${dataDirectory}/stacks/other/data`,
        dataDirectory,
        `${runDirectory}/x`,
        `${dataDirectory}/stacks/shop/../../control`,
      ]) {
        const desired = await commit({
          'app/compose.yaml': `services: { a: { image: x, volumes: ["${source}:/x:ro"] } }`,
        });
        await assert.rejects(
          resolver.resolve(desired),
          (error: unknown) => isFault(error) && error.reason === 'BindsOurFolder',
          source,
        );
      }
      await resolver.resolve(
        await commit({
          'app/compose.yaml': `services: { a: { image: x, volumes: ["${dataDirectory}/stacks/shop/data:/x"] } }`,
        }),
      );
    }));
});
