// Reading a tree that somebody else may write to: what is refused, and that a swap at the worst moment wins nothing.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createTree } from '../../src/adapters/tree/create-tree.ts';
import { isFault } from '../../src/model/errors.ts';
import { makePlace, type Place } from '../support/real/place.ts';

const tree = createTree();
let place: Place;
let root: string;

before(async () => {
  place = await makePlace('tree');
  root = place.at('root');
  await mkdir(place.at('root/conf/deep'), { recursive: true });
  await mkdir(place.at('root/.git'));
  await mkdir(place.at('outside'));
  await writeFile(place.at('outside/secret'), 'canary');
  await writeFile(place.at('root/a.txt'), 'grüße\n');
  await writeFile(place.at('root/.git/config'), 'not for you');
  await writeFile(place.at('root/conf/app.ini'), 'x=1');
  await writeFile(place.at('root/conf/deep/run.sh'), '#!/bin/sh');
  await chmod(place.at('root/conf/deep/run.sh'), 0o755);
});
after(() => place.remove());

const SWAP_FOR_EVER = `
  const { renameSync } = require('node:fs');
  const at = (name) => process.argv[1] + '/' + name;
  process.stdout.write('ready');
  for (;;) {
    renameSync(at('swap'), at('swap-aside'));
    renameSync(at('swap-link'), at('swap'));
    renameSync(at('swap'), at('swap-link'));
    renameSync(at('swap-aside'), at('swap'));
  }`;

async function reasonOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return isFault(error) ? error.reason : String(error);
  }
  return 'no fault';
}

const read = (path: string, maxBytes = 1024) => tree.readText({ root, path, maxBytes });

describe('reading a file', () => {
  it('gives the text and a stamp that moves with the content', async () => {
    const first = await read('a.txt');
    assert.equal(first.text, 'grüße\n');
    assert.equal(await tree.stamp({ root, path: './a.txt' }), first.stamp);
    await writeFile(place.at('root/a.txt'), 'grüsse\n');
    assert.notEqual((await read('a.txt')).stamp, first.stamp);
  });

  it('gives bytes as they are, with the mode', async () => {
    const { bytes, mode } = await tree.readBytes({ root, path: 'conf/deep/run.sh', maxBytes: 100 });
    assert.equal(Buffer.from(bytes).toString(), '#!/bin/sh');
    assert.equal(mode, 0o755);
  });

  it('takes a root that is reached through a link, for the administrator made it', async () => {
    await symlink(root, place.at('linked-root'));
    assert.equal(
      (await tree.readText({ root: place.at('linked-root'), path: 'conf/app.ini', maxBytes: 9 })).text,
      'x=1',
    );
    assert.equal((await tree.look({ root: place.at('linked-root'), path: 'conf/app.ini' })).type, 'file');
  });

  const refusals: [string, () => Promise<unknown> | undefined, string, string][] = [
    [
      'a link to a file',
      () => symlink(place.at('outside/secret'), place.at('root/link')),
      'link',
      'NotARegularFile',
    ],
    ['a link to a file inside', () => symlink('a.txt', place.at('root/inner')), 'inner', 'NotARegularFile'],
    [
      'a link as a folder on the way',
      () => symlink(place.at('outside'), place.at('root/dir')),
      'dir/secret',
      'NotARegularFile',
    ],
    ['a dangling link', () => symlink('nowhere', place.at('root/dangling')), 'dangling', 'NotARegularFile'],
    ['a folder', () => undefined, 'conf', 'NotARegularFile'],
    ['a file as a folder', () => undefined, 'a.txt/b', 'NotARegularFile'],
    [
      'a pipe',
      () => {
        spawnSync('mkfifo', [place.at('root/pipe')]);
        return undefined;
      },
      'pipe',
      'NotARegularFile',
    ],
    ['a path that climbs', () => undefined, '../outside/secret', 'OutsideTree'],
    ['a path that climbs and comes back', () => undefined, 'conf/../a.txt', 'OutsideTree'],
    ['an absolute path', () => undefined, '/etc/hostname', 'OutsideTree'],
    ['a NUL in the path', () => undefined, 'a.txt\0', 'OutsideTree'],
    ['an absent file', () => undefined, 'conf/none', 'FileMissing'],
    ['an absent folder', () => undefined, 'none/none', 'FileMissing'],
    [
      'bytes that are no UTF-8',
      () => writeFile(place.at('root/latin1'), Buffer.from([0xe4, 0xf6])),
      'latin1',
      'NotUtf8',
    ],
    [
      'a sparse gigabyte',
      async () => {
        await writeFile(place.at('root/huge'), '');
        await truncate(place.at('root/huge'), 2 ** 30);
      },
      'huge',
      'FileTooLarge',
    ],
  ];
  for (const [what, make, path, reason] of refusals) {
    it(`refuses ${what}`, async () => {
      await make();
      assert.equal(await reasonOf(read(path)), reason);
      assert.equal(
        await reasonOf(tree.open({ root, path })),
        reason === 'NotUtf8' || reason === 'FileTooLarge' ? 'no fault' : reason,
      );
    });
  }

  it('refuses a device and a socket', async () => {
    assert.equal(
      await reasonOf(tree.readText({ root: '/dev', path: 'zero', maxBytes: 10 })),
      'NotARegularFile',
    );
    const server = createServer().listen(place.at('root/sock'));
    await new Promise((resolve) => server.once('listening', resolve));
    assert.equal(await reasonOf(read('sock')), 'NotARegularFile');
    server.close();
  });

  it('never reads the outside while a folder is swapped for a link again and again', async () => {
    await mkdir(place.at('root/swap'));
    await writeFile(place.at('root/swap/secret'), 'inside');
    await symlink(place.at('outside'), place.at('root/swap-link'));
    // Another process, so that swaps happen in the middle of a call of ours.
    const swapper = spawn(process.execPath, ['-e', SWAP_FOR_EVER, place.at('root')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => swapper.stdout.once('data', resolve));
    const seen = new Set<string>();
    for (let turn = 0; turn < 8_000; turn++) {
      const outcome = await read('swap/secret').then(
        ({ text }) => text,
        (error) => (isFault(error) ? error.reason : String(error)),
      );
      seen.add(outcome);
    }
    swapper.kill('SIGKILL');
    await new Promise((resolve) => swapper.once('exit', resolve));
    assert.ok(seen.has('NotARegularFile'), 'the link was never met, so nothing was shown');
    assert.ok(seen.has('inside'));
    assert.ok(!seen.has('canary'), 'the file outside was read');
  });
});

describe('listing a folder', () => {
  const limits = { maxFiles: 100, maxBytes: 10_000 };

  it('gives files and folders sorted, with modes, without .git', async () => {
    const clean = place.at('clean');
    await mkdir(place.at('clean/b/.git'), { recursive: true });
    await writeFile(place.at('clean/z'), '12');
    await writeFile(place.at('clean/b/c'), '1');
    const entries = await tree.list({ root: clean, path: '', ...limits });
    assert.deepEqual(
      entries.map(({ path, type, size }) => [path, type, size]),
      [
        ['b', 'directory', 0],
        ['b/c', 'file', 1],
        ['z', 'file', 2],
      ],
    );
    await rm(clean, { recursive: true });
  });

  it('refuses a link, by its path', async () => {
    await mkdir(place.at('linked/x'), { recursive: true });
    await symlink('/etc', place.at('linked/x/etc'));
    await assert.rejects(
      tree.list({ root: place.path, path: 'linked', ...limits }),
      /linked\/x\/etc is a symbolic link/,
    );
  });

  it('stops at its limits', async () => {
    await mkdir(place.at('many'));
    for (let index = 0; index < 11; index++) await writeFile(place.at(`many/${index}`), '0123456789');
    assert.equal(
      await reasonOf(tree.list({ root: place.path, path: 'many', maxFiles: 10, maxBytes: 1000 })),
      'TreeTooLarge',
    );
    assert.equal(
      await reasonOf(tree.list({ root: place.path, path: 'many', maxFiles: 11, maxBytes: 109 })),
      'TreeTooLarge',
    );
    assert.equal(
      (await tree.list({ root: place.path, path: 'many', maxFiles: 11, maxBytes: 110 })).length,
      11,
    );
  });
});

describe('looking', () => {
  it('tells file, folder and absence apart, and refuses links', async () => {
    assert.equal((await tree.look({ root, path: 'conf' })).type, 'directory');
    assert.equal((await tree.look({ root, path: 'conf/app.ini' })).type, 'file');
    assert.equal((await tree.look({ root, path: 'conf/none/none' })).type, 'missing');
    assert.equal(await reasonOf(tree.look({ root, path: 'dir' })), 'NotARegularFile');
    assert.equal(await reasonOf(tree.look({ root, path: 'dir/secret' })), 'NotARegularFile');
  });
});
