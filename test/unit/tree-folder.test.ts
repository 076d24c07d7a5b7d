// Writing where workloads may write too: whole files, no links followed, nothing removed but what was asked for.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { openFolder } from '../../src/adapters/tree/create-folder.ts';
import { createTree } from '../../src/adapters/tree/create-tree.ts';
import { isFault } from '../../src/model/errors.ts';
import type { Folder } from '../../src/ports/folder.ts';
import { makePlace, type Place } from '../support/real/place.ts';

async function withFolder(work: (folder: Folder, place: Place) => Promise<void>): Promise<void> {
  await using place = await makePlace('folder');
  await mkdir(place.at('victim'));
  await writeFile(place.at('victim/f'), 'untouched');
  await work(openFolder(place.at('root'), { mode: 0o700, survives: 'power-cut' }), place);
  assert.equal(await readFile(place.at('victim/f'), 'utf8'), 'untouched');
  assert.deepEqual(await readdir(place.at('victim')), ['f']);
}

async function reasonOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return isFault(error) ? error.reason : String(error);
}

describe('writing', () => {
  it('makes the folder private and the folders in it open, and gives the stamp that a reader sees', () =>
    withFolder(async (folder, place) => {
      const stamp = await folder.write({ path: 'a/b/f', content: 'text', mode: 0o640 });
      assert.equal((await stat(place.at('root'))).mode & 0o777, 0o700);
      assert.equal((await stat(place.at('root/a'))).mode & 0o777, 0o755);
      assert.equal((await stat(place.at('root/a/b/f'))).mode & 0o777, 0o640);
      assert.equal(await createTree().stamp({ root: folder.root, path: 'a/b/f' }), stamp);
      await folder.write({ path: 'a/b/f', content: new Uint8Array([1, 2]), mode: 0o755 });
      assert.deepEqual([...(await readFile(place.at('root/a/b/f')))], [1, 2]);
      assert.deepEqual(await readdir(place.at('root/a/b')), ['f']);
    }));

  it('gives the modes that it is told, whatever the umask', () =>
    withFolder(async (_folder, place) => {
      const before = process.umask(0o077);
      try {
        const open = openFolder(place.at('open'), { mode: 0o755, survives: 'run' });
        await open.write({ path: 'a/f', content: 'x', mode: 0o644 });
      } finally {
        process.umask(before);
      }
      const modes = ['open', 'open/a', 'open/a/f'].map(
        async (path) => (await stat(place.at(path))).mode & 0o777,
      );
      assert.deepEqual(await Promise.all(modes), [0o755, 0o755, 0o644]);
    }));

  it('replaces a link instead of writing through it, and refuses one on the way', () =>
    withFolder(async (folder, place) => {
      await folder.write({ path: 'x', content: 'x', mode: 0o600 });
      await symlink(place.at('victim/f'), place.at('root/link'));
      await folder.write({ path: 'link', content: 'mine', mode: 0o600 });
      assert.ok((await stat(place.at('root/link'))).isFile());
      await symlink(place.at('victim'), place.at('root/dir'));
      assert.equal(
        await reasonOf(folder.write({ path: 'dir/f', content: 'y', mode: 0o600 })),
        'NotARegularFile',
      );
      assert.equal(
        await reasonOf(folder.write({ path: 'dir/new/f', content: 'y', mode: 0o600 })),
        'NotARegularFile',
      );
    }));

  it('refuses to leave the folder, and says what is in the way', () =>
    withFolder(async (folder) => {
      assert.equal(
        await reasonOf(folder.write({ path: '../victim/f', content: 'y', mode: 0o600 })),
        'OutsideTree',
      );
      assert.equal(
        await reasonOf(folder.write({ path: '/tmp/f', content: 'y', mode: 0o600 })),
        'OutsideTree',
      );
      await folder.write({ path: 'd/f', content: 'y', mode: 0o600 });
      assert.equal(await reasonOf(folder.write({ path: 'd', content: 'y', mode: 0o600 })), 'FileUnwritable');
      assert.equal(
        await reasonOf(folder.write({ path: 'd/f/g', content: 'y', mode: 0o600 })),
        'NotARegularFile',
      );
    }));

  it('never shows half a file, nor writes outside, while a folder is swapped for a link', () =>
    withFolder(async (folder, place) => {
      await folder.write({ path: 'swap/f', content: 'a'.repeat(100_000), mode: 0o644 });
      const swapper = spawn(process.execPath, ['-e', SWAP_FOR_EVER, place.at('root'), place.at('victim')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => swapper.stdout.once('data', resolve));
      const outcomes = new Set<string>();
      for (let turn = 0; turn < 600; turn++) {
        outcomes.add(
          await reasonOf(
            folder.write({ path: 'swap/f', content: String(turn % 10).repeat(10_000), mode: 0o644 }),
          ),
        );
        outcomes.add(await reasonOf(folder.remove('swap/none')));
      }
      swapper.kill('SIGKILL');
      await new Promise((resolve) => swapper.once('exit', resolve));
      assert.ok(outcomes.has('NotARegularFile'), `only ${[...outcomes]}`);
      assert.ok(outcomes.has('null'), `only ${[...outcomes]}`);
    }));
});

describe('removing', () => {
  it('takes a file and the folders that become empty, and leaves what is not a file', () =>
    withFolder(async (folder, place) => {
      await folder.write({ path: 'a/b/c/f', content: 'x', mode: 0o600 });
      await folder.write({ path: 'a/g', content: 'x', mode: 0o600 });
      await folder.remove('a/b/c/f');
      assert.deepEqual(await readdir(place.at('root/a')), ['g']);
      await folder.remove('a/b/c/f');
      await folder.remove('none/none');
      await folder.remove('a');
      assert.deepEqual(await readdir(place.at('root')), ['a']);
      await symlink(place.at('victim/f'), place.at('root/link'));
      await folder.remove('link');
      assert.deepEqual((await readdir(place.at('root'))).sort(), ['a', 'link']);
    }));

  it('takes a whole tree, its links and nothing behind them', () =>
    withFolder(async (folder, place) => {
      await folder.write({ path: 't/a/f', content: 'x', mode: 0o600 });
      await symlink(place.at('victim'), place.at('root/t/a/link'));
      await symlink(place.at('victim'), place.at('root/other'));
      await folder.removeTree('t');
      await folder.removeTree('other');
      await folder.removeTree('none');
      assert.deepEqual(await readdir(place.at('root')), []);
      assert.equal(await reasonOf(folder.removeTree('')), 'NotARegularFile');
      assert.equal(await reasonOf(folder.removeTree('../victim')), 'OutsideTree');
    }));
});

/** The writer makes the folder again when it is away, so each step here may fail. */
const SWAP_FOR_EVER = `
  const { renameSync, rmSync, symlinkSync, unlinkSync } = require('node:fs');
  const [root, victim] = process.argv.slice(1);
  const tried = (step) => { try { step(); } catch {} };
  process.stdout.write('ready');
  for (;;) {
    tried(() => renameSync(root + '/swap', root + '/aside'));
    tried(() => symlinkSync(victim, root + '/swap'));
    tried(() => unlinkSync(root + '/swap'));
    tried(() => renameSync(root + '/aside', root + '/swap'));
    tried(() => rmSync(root + '/aside', { recursive: true }));
  }`;
