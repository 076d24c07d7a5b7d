// What an image is built from is bounded: exactly the limit is taken, and more is refused before any of it is read.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import { createTree } from '../../src/adapters/tree/create-tree.ts';
import { TREE_LIMITS } from '../../src/core/tree-limits.ts';
import { contextStamp, readContext } from '../../src/engine/stack/context.ts';
import { isFault } from '../../src/model/errors.ts';
import type { Tree } from '../../src/ports/tree.ts';
import { makePlace, type Place } from '../support/real/place.ts';

const DOCKERFILE = 'FROM x\n';
const FILES = { 'web/Dockerfile': DOCKERFILE, 'web/a': '12345', 'web/sub/b': '12345' };
/** A Dockerfile, two files and a folder. */
const EXACT = { maxFiles: 4, maxBytes: DOCKERFILE.length + 10 };

async function withFiles(files: Readonly<Record<string, string>>, work: (place: Place) => Promise<void>) {
  await using place = await makePlace('context');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(place.at(path)), { recursive: true });
    await writeFile(place.at(path), text);
  }
  await work(place);
}

/** What is opened while it works. */
function watched(): { tree: Tree; opened: string[] } {
  const tree = createTree();
  const opened: string[] = [];
  return {
    tree: {
      ...tree,
      open(options) {
        opened.push(options.path);
        return tree.open(options);
      },
    },
    opened,
  };
}

const contextOf = (place: Place, limits = EXACT) => ({
  root: place.path,
  path: 'web',
  dockerfile: 'web/Dockerfile',
  leftOut: ['web/data'],
  limits,
});

describe('what an image is built from', () => {
  it('is taken with exactly as much as it may be', async () => {
    await withFiles(FILES, async (place) => {
      const { tree } = watched();
      const { entries, stamp } = await readContext(tree, contextOf(place));
      assert.deepEqual(
        entries.map(({ path }) => path),
        ['Dockerfile', 'a', 'sub', 'sub/b'],
      );
      assert.equal(stamp, await contextStamp(tree, contextOf(place)));
    });
  });

  it('does not count what is ignored, or what containers write to', async () => {
    const more = {
      'web/.dockerignore': 'big\n',
      'web/big/1': 'x'.repeat(1_000),
      'web/data/2': 'x'.repeat(1_000),
      'beside/3': 'x'.repeat(1_000),
    };
    await withFiles({ ...FILES, ...more }, async (place) => {
      // With `.dockerignore` itself, which is sent.
      const limits = { maxFiles: EXACT.maxFiles + 1, maxBytes: EXACT.maxBytes + 4 };
      assert.equal((await readContext(watched().tree, contextOf(place, limits))).entries.length, 5);
    });
  });

  for (const [what, more, sentence] of [
    ['one file more', { 'web/c': '' }, 'The folder web holds more than 4 files and folders.'],
    ['one byte more', { 'web/a': '123456' }, 'The folder web holds more than 17 bytes.'],
  ] as const)
    it(`is refused with ${what}, and nothing of it is read`, async () => {
      await withFiles({ ...FILES, ...more }, async (place) => {
        for (const work of [readContext, contextStamp]) {
          const { tree, opened } = watched();
          await assert.rejects(work(tree, contextOf(place)), (error: unknown) => {
            assert.ok(isFault(error));
            assert.deepEqual([error.reason, error.message], ['TreeTooLarge', sentence]);
            return true;
          });
          assert.deepEqual(opened, []);
        }
      });
    });

  it('has limits where nobody names any: those of all trees', async () => {
    await withFiles(FILES, async (place) => {
      const seen: object[] = [];
      const tree: Tree = {
        ...createTree(),
        async list({ maxFiles, maxBytes }) {
          seen.push({ maxFiles, maxBytes });
          return [];
        },
      };
      const { limits: _, ...place1 } = contextOf(place);
      await contextStamp(tree, place1);
      await readContext(tree, place1);
      assert.deepEqual(seen, [TREE_LIMITS, TREE_LIMITS]);
    });
  });
});
