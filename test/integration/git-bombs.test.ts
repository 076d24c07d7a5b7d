// Repositories of a few kilobytes that would fill a disk or memory: refused by name before anything of them is written.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import { isGitFailure, runGit } from '../../src/adapters/git/git-client.ts';
import { createTree } from '../../src/adapters/tree/create-tree.ts';
import { answerRepository } from '../../src/engine/answer-tree.ts';
import { createRepositories } from '../../src/engine/repositories.ts';
import type { GitContent } from '../../src/model/desired.ts';
import {
  type GitSourceRig,
  never,
  refreshed,
  sentencesOf,
  startGitSource,
  textsOf,
} from '../support/git-source-rig.ts';
import { createRepository, type RealRepository } from '../support/real/git.ts';
import { makePlace, type Place } from '../support/real/place.ts';

interface Bombed {
  place: Place;
  repository: RealRepository;
  /** The commit that is applied before. */
  good: string;
  treeOf(entries: readonly string[]): Promise<string>;
  /** Makes it what the branch is at. */
  light(tree: string): Promise<string>;
}

async function bombed(work: (bombed: Bombed) => Promise<void>): Promise<void> {
  await using place = await makePlace('git-bomb');
  const repository = await createRepository({ folder: place.path, name: 'home' });
  const good = await repository.commit({ files: { 'a.yaml': 'a: 1' } });
  await work({
    place,
    repository,
    good,
    async treeOf(entries) {
      const bytes = entries.map((entry) => {
        const [head = '', id = ''] = entry.split('\t');
        return Buffer.concat([Buffer.from(`${head}\0`), Buffer.from(id, 'hex')]);
      });
      await writeFile(place.at('object'), Buffer.concat(bytes));
      return await repository.git('hash-object', '-t', 'tree', '-w', place.at('object'));
    },
    async light(tree) {
      const commit = await repository.git('commit-tree', tree, '-m', 'boom');
      await repository.point('refs/heads/main', commit);
      return commit;
    },
  });
}

/** `width` names for the same thing. */
function named(what: string, id: string, width: number): string[] {
  return Array.from({ length: width }, (_, index) => `${what} ${String(index).padStart(5, '0')}\t${id}`);
}

/** One tree, named `width` times by the one above, and so on. */
async function towerOf(
  { treeOf }: Bombed,
  leaf: string,
  shape: { width: number; levels: number },
): Promise<string> {
  let tree = leaf;
  for (let level = 0; level < shape.levels; level++) tree = await treeOf(named('40000', tree, shape.width));
  return tree;
}

async function blobOf({ place, repository }: Bombed, bytes: number): Promise<string> {
  await writeFile(place.at('blob'), 'x');
  await truncate(place.at('blob'), bytes);
  return await repository.git('hash-object', '-w', place.at('blob'));
}

/** What lies below the data directory and is no object of git's. */
function written({ dataDirectory }: GitSourceRig): { files: number; bytes: number } {
  const all = readdirSync(dataDirectory, { recursive: true, withFileTypes: true });
  const files = all.filter((one) => one.isFile() && !one.parentPath.includes('mirror.git'));
  const sizes = files.map((one) => statSync(join(one.parentPath, one.name)).size);
  return { files: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function staysAsOf(before: string, rig: GitSourceRig, limit: RegExp): Promise<void> {
  const kept = written(rig);
  const { snapshot, problem } = await refreshed(rig.source);
  const [reason, message = '', effect, hint = ''] = sentencesOf(problem);
  assert.equal(reason, 'TreeTooLarge', message);
  assert.match(message, limit);
  assert.equal(effect, `Everything runs as of ${before.slice(0, 7)} and is still healed.`);
  assert.match(hint, /`path`/);
  assert.equal(snapshot?.revision, before);
  assert.ok(existsSync(snapshot.root));
  assert.deepEqual(textsOf(snapshot), { 'a.yaml': 'a: 1' });
  assert.deepEqual(written(rig), kept, 'something of it was written');
}

describe('with small limits', () => {
  const limits = { maxFiles: 700, maxBytes: 12_000_000 };
  const bombs: [what: string, make: (bombed: Bombed) => Promise<string>, limit: RegExp][] = [
    [
      'one folder that is named again and again at each level',
      async (at) => {
        const leaf = await at.treeOf(named('100644', await blobOf(at, 1), 10));
        return await towerOf(at, leaf, { width: 10, levels: 2 });
      },
      /^The folder \. of commit [0-9a-f]{7} holds more than 700 files and folders\.$/,
    ],
    [
      'nothing but folders',
      async (at) => await towerOf(at, await at.treeOf([]), { width: 9, levels: 3 }),
      /holds more than 700 files and folders\.$/,
    ],
    [
      'nothing but links',
      async (at) => await at.treeOf(named('120000', await blobOf(at, 1), 701)),
      /holds more than 700 files and folders\.$/,
    ],
    [
      'one large file under many names',
      async (at) => await at.treeOf(named('100644', await blobOf(at, 5_000_000), 3)),
      /holds more than 12 MB\.$/,
    ],
    [
      'one name that is longer than all others may be together',
      async (at) => {
        const leaf = await at.treeOf([
          ...named('100644', await blobOf(at, 1), 1),
          `100644 a b\t${await blobOf(at, 1)}`,
        ]);
        return await at.treeOf([`40000 ${'n'.repeat(400_000)}\t${leaf}`]);
      },
      /holds more than 341 KiB of names\.$/,
    ],
  ];
  for (const [what, make, limit] of bombs)
    it(`${what} is refused by its limit; what was there stays, and the next commit is taken`, async () => {
      await bombed(async (at) => {
        const rig = startGitSource(at.place, { url: at.repository.url, limits });
        assert.equal((await refreshed(rig.source)).problem, null);
        await at.light(await make(at));
        await staysAsOf(at.good, rig, limit);
        // Again, as each poll does.
        await staysAsOf(at.good, rig, limit);
        await at.repository.point('refs/heads/main', at.good);
        const mended = await refreshed(rig.source);
        assert.deepEqual([mended.snapshot?.revision, mended.problem], [at.good, null]);
      });
    });

  it('exactly the limit is taken, and one more is not', async () => {
    await bombed(async (at) => {
      const large = await blobOf(at, 5_000_000);
      const folder = await at.treeOf(named('100644', large, 2));
      const tree = await at.treeOf([`100755 run\t${large}`, `40000 sub\t${folder}`]);
      const revision = await at.light(tree);
      const exact = { maxFiles: 4, maxBytes: 15_000_000 };
      for (const [limits, isTaken] of [
        [exact, true],
        [{ ...exact, maxFiles: 3 }, false],
        [{ ...exact, maxBytes: 14_999_999 }, false],
      ] as const) {
        const name = `of-${limits.maxFiles}-${limits.maxBytes}`;
        const { source } = startGitSource(at.place, { url: at.repository.url, name, limits });
        const { snapshot, problem } = await refreshed(source);
        assert.deepEqual(
          [snapshot?.revision, problem?.reason],
          isTaken ? [revision, undefined] : [undefined, 'TreeTooLarge'],
        );
      }
    });
  });

  it('only what is below `path` counts', async () => {
    await bombed(async (at) => {
      const bomb = await at.treeOf(named('100644', await blobOf(at, 1), 701));
      const good = (await at.repository.git('rev-parse', 'main^{tree}')).trim();
      const revision = await at.light(await at.treeOf([`40000 bomb\t${bomb}`, `40000 forge.d\t${good}`]));
      const { source } = startGitSource(at.place, { url: at.repository.url, path: 'forge.d', limits });
      const { snapshot, problem } = await refreshed(source);
      assert.deepEqual([snapshot?.revision, problem], [revision, null]);
      assert.deepEqual(textsOf(snapshot), { 'a.yaml': 'a: 1' });
    });
  });
});

describe('as the content of a site', () => {
  const limits = { maxFiles: 700, maxBytes: 12_000_000 };

  it('the release before serves on and its site is told why; a site that has none waits, and others do not', async () => {
    await bombed(async (at) => {
      const other = await createRepository({ folder: at.place.path, name: 'other' });
      await other.commit({ files: { 'index.html': 'other' } });
      const repositories = createRepositories({
        open: ({ name, url }) => startGitSource(at.place, { name, url, limits }).source,
        clock: createSystemClock(),
      });
      const cache = { entries: new Map() };
      const ask = (content: Partial<GitContent>) =>
        answerRepository({ tree: createTree(), repositories }, cache, {
          ...{ type: 'git', url: at.repository.url, ref: 'main', path: '', pollMs: 60_000, credential: null },
          ...content,
        });
      const first = await ask({});
      await at.light(await at.treeOf(named('100644', await blobOf(at, 5_000_000), 3)));
      await repositories.refresh(
        repositories.configs().map(({ name }) => name),
        never,
      );
      const held = await ask({});
      assert.ok(first.ok && first.type === 'tree' && held.ok && held.type === 'tree');
      assert.deepEqual([held.revision, held.hash, held.directory], [at.good, first.hash, first.directory]);
      assert.match(held.notice?.message ?? '', /holds more than 12 MB/);
      // Another poll is another repository to us: one that has nothing to fall back on.
      const without = await ask({ pollMs: 61_000 });
      assert.ok(!without.ok);
      assert.equal(without.problem.reason, 'TreeTooLarge');
      const beside = await ask({ url: other.url });
      assert.ok(beside.ok && beside.type === 'tree');
      assert.equal(beside.notice, null);
    });
  });
});

describe('a git, or who it speaks for, that talks without end', () => {
  for (const [where, command] of [
    ['in its answer', 'exec yes'],
    ['in its remarks', 'exec yes >&2'],
  ] as const)
    it(`${where} is ended, and what it said is not kept`, async () => {
      await using place = await makePlace('git-talk');
      await writeFile(place.at('git'), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
      const before = process.memoryUsage().rss;
      const call = {
        args: ['log'],
        environment: { PATH: `${place.path}:${process.env.PATH}` },
        directory: place.path,
        timeoutMs: 60_000,
        signal: never,
      };
      await assert.rejects(runGit(call), (error: Error) => {
        // No failure of the mirror's, which would be fetched anew for it.
        assert.ok(!isGitFailure(error));
        assert.equal(error.message, 'it said more than 100 MB');
        return true;
      });
      assert.ok(process.memoryUsage().rss - before < 400_000_000);
    });
});

describe("with the product's own limits", () => {
  // The time is for a hang: written to the disk, none of these would ever end.
  it('ten billion files, as many folders, and a terabyte are refused unwritten', {
    timeout: 120_000,
  }, async () => {
    await bombed(async (at) => {
      const rig = startGitSource(at.place, { url: at.repository.url });
      assert.equal((await refreshed(rig.source)).problem, null);
      const leaf = await at.treeOf(named('100644', await blobOf(at, 1), 10));
      const before = process.memoryUsage().rss;
      await at.light(await towerOf(at, leaf, { width: 10, levels: 9 }));
      await staysAsOf(at.good, rig, /more than 100000 files and folders\.$/);
      await at.light(await towerOf(at, await at.treeOf([]), { width: 10, levels: 10 }));
      await staysAsOf(at.good, rig, /more than 100000 files and folders\.$/);
      await at.light(await at.treeOf(named('100644', await blobOf(at, 100_000_000), 10_000)));
      await staysAsOf(at.good, rig, /more than 1000 MB\.$/);
      assert.ok(process.memoryUsage().rss - before < 300_000_000, 'it is kept in memory');
    });
  });
});
