// Which folders are watched, how a burst becomes one call, and a root that never answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBurst } from '../../src/adapters/directory/burst.ts';
import type { Folder } from '../../src/adapters/directory/folder.ts';
import { createRootFinder } from '../../src/adapters/directory/root.ts';
import { watchSet } from '../../src/adapters/directory/watch-set.ts';
import { createFakeClock } from '../support/fake-clock.ts';

/** Folder by path: `m` for a manifest in it, `o` for other files. */
function foldersWatched(
  tree: Readonly<Record<string, string>>,
  referenced: { files?: string[]; folders?: string[] } = {},
): { folders: string[]; matters(path: string): boolean } {
  const folders = new Map<string, Folder>();
  for (const [path, what] of Object.entries(tree)) {
    const manifests = what.includes('m') ? ['x.yaml'] : [];
    const hasOthers = what.includes('o');
    folders.set(path, { path, key: '', changedMs: 0, racy: false, folders: [], manifests, hasOthers });
  }
  const set = watchSet(
    { realRoot: '/r', folders, passedOver: [] },
    {
      referenced: { files: new Set(referenced.files), folders: new Set(referenced.folders) },
      isManifest: (path) => path.endsWith('.yaml'),
    },
  );
  return { folders: [...set.folders].sort(), matters: set.matters };
}

test('folders with manifests and those on the way to them are watched', () => {
  assert.deepEqual(foldersWatched({ '': 'o', a: 'o', 'a/b': 'o', 'a/b/c': 'mo' }).folders, [
    '',
    'a',
    'a/b',
    'a/b/c',
  ]);
});

test('data beside a manifest is not watched, however deep', () => {
  const tree = { '': 'm', app: 'mo', 'app/data': 'o', 'app/data/base': '', 'app/data/base/1': 'o' };
  assert.deepEqual(foldersWatched(tree).folders, ['', 'app']);
});

test('an empty folder in a watched one is watched, one in data is not', () => {
  assert.deepEqual(foldersWatched({ '': 'm', new: '', 'new/er': '', data: 'o', 'data/tmp': '' }).folders, [
    '',
    'new',
    'new/er',
  ]);
});

test('referenced files bring their folder, and only they matter in it', () => {
  const { folders, matters } = foldersWatched(
    { '': 'm', app: 'mo', 'app/conf': 'o' },
    { files: ['app/conf/app.ini'], folders: ['web', 'web/css'] },
  );
  assert.deepEqual(folders, ['', 'app', 'app/conf', 'web', 'web/css']);
  assert.equal(matters('app/conf/app.ini'), true);
  assert.equal(matters('app/conf/other.ini'), false);
  assert.equal(matters('app/conf/new.yaml'), true);
  assert.equal(matters('app/app.db'), false);
  assert.equal(matters('web/css/site.css'), true);
});

test('a burst is one call, 100 ms after its last event', async () => {
  const clock = createFakeClock();
  const calls: { atMs: number; paths: readonly string[] }[] = [];
  const startMs = clock.nowMs();
  const burst = createBurst(clock, (paths) => calls.push({ atMs: clock.nowMs() - startMs, paths }));
  burst.add('a');
  await clock.advance(60);
  burst.add('b');
  burst.add('a');
  await clock.advance(60);
  assert.equal(calls.length, 0);
  await clock.advance(60);
  assert.deepEqual(calls, [{ atMs: 160, paths: ['a', 'b'] }]);
  burst.add('c');
  await clock.advance(1_000);
  assert.deepEqual(calls[1]?.paths, ['c']);
});

test('a burst without end is told once a second', async () => {
  const clock = createFakeClock();
  let calls = 0;
  const burst = createBurst(clock, () => {
    calls += 1;
  });
  for (let index = 0; index < 60; index += 1) {
    burst.add('a');
    await clock.advance(50);
  }
  assert.ok(calls >= 2 && calls <= 3, `${calls} calls in 3 s`);
});

test('after the stop nothing is called', async () => {
  const clock = createFakeClock();
  let calls = 0;
  const burst = createBurst(clock, () => {
    calls += 1;
  });
  burst.add('a');
  burst.stop();
  burst.add('b');
  await clock.advance(5_000);
  assert.equal(calls, 0);
});

test('a root that does not answer is asked once, however often we look', async () => {
  let asked = 0;
  let answer = (_path: string) => {};
  const resolve = (() => {
    asked += 1;
    return new Promise<string>((done) => {
      answer = done;
    });
  }) as unknown as typeof import('node:fs/promises').realpath;
  const find = createRootFinder('/mnt/dead', { resolve, timeoutMs: 5 });
  await assert.rejects(find(), { code: 'ETIMEDOUT' });
  await assert.rejects(find(), { code: 'ETIMEDOUT' });
  assert.equal(asked, 1);
  const third = find();
  answer('/mnt/alive');
  assert.equal(await third, '/mnt/alive');
});
