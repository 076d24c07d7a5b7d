// What the waiting git tells of commits and small trees must be what git itself says of them, whatever people commit.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { writeCheckout } from '../../src/adapters/git/checkout.ts';
import { readCommitFacts } from '../../src/adapters/git/commit-facts.ts';
import { createMirror } from '../../src/adapters/git/mirror.ts';
import { type ObjectReader, startObjectReader } from '../../src/adapters/git/object-reader.ts';
import { readSmallTree } from '../../src/adapters/git/small-tree.ts';
import { TREE_LIMITS } from '../../src/core/tree-limits.ts';
import { makePlace, type Place } from '../support/real/place.ts';

const signal = new AbortController().signal;

interface Repository {
  directory: string;
  /** In it, with its work tree; what it prints. */
  git(args: readonly string[], input?: string | Buffer): string;
  reader: ObjectReader;
  mirror: ReturnType<typeof createMirror>;
}

interface Commit {
  message?: string | Buffer;
  author?: string;
  encoding?: string;
}

async function inRepository(
  { message = 'Say it', author = 'Me', encoding = 'UTF-8' }: Commit,
  work: (repository: Repository, place: Place) => Promise<void>,
): Promise<void> {
  await using place = await makePlace('objects');
  const tree = place.at('tree');
  mkdirSync(tree);
  const who = { GIT_AUTHOR_EMAIL: 'a@example.com', GIT_COMMITTER_EMAIL: 'c@example.com' };
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', ...who, GIT_AUTHOR_NAME: author };
  const git: Repository['git'] = (args, input = '') =>
    execFileSync('git', args, {
      cwd: tree,
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...env, GIT_COMMITTER_NAME: 'Them' },
    });
  git(['init', '-q', '-b', 'main']);
  writeFileSync(join(tree, 'a.yaml'), 'a: 1\n');
  git(['add', '.']);
  git(['-c', `i18n.commitEncoding=${encoding}`, 'commit', '-q', '--allow-empty-message', '-F', '-'], message);
  const directory = join(tree, '.git');
  const reader = startObjectReader(directory, signal);
  const address = { protocol: 'file', url: `file://${tree}`, shown: tree, origin: null } as never;
  const mirror = createMirror({
    directory,
    context: { address, ref: 'main', credential: null, redact: (text: string) => text } as never,
    knownHosts: [],
    secrets: { get: () => null },
  });
  try {
    await work({ directory, git, reader, mirror }, place);
  } finally {
    reader.end();
  }
}

describe('a commit', () => {
  for (const [what, commit] of [
    ['of one line', {}],
    ['of several paragraphs', { message: 'One\nand two  \n\nThe rest\nof it\n' }],
    ['without a word', { message: '' }],
    ['with signs of all the world', { message: 'Größer → 更大 🎉\n', author: 'Zoë Ångström' }],
    ['with a name of several words and signs', { author: "O'Neil, Jr. (the 3rd)" }],
    ['with what steers a terminal', { message: 'bad \u001b[31m red\n' }],
    ['with a tab and spaces at its ends', { message: '   led in\tby spaces   \n\n' }],
    ['in another encoding', { message: Buffer.from('gr\xfcn\n', 'latin1'), encoding: 'ISO-8859-1' }],
    ['of a megabyte', { message: `${'long '.repeat(200_000)}\n` }],
  ] as [string, Commit][])
    it(`${what} is told as git tells it`, async () => {
      await inRepository(commit, async ({ mirror, reader }) => {
        const asked = { at: 'HEAD', signal };
        assert.deepEqual(
          await readCommitFacts(mirror, { ...asked, reader }),
          await readCommitFacts(mirror, { ...asked, reader: null }),
        );
      });
    });

  it('that came after the reader was started is found, and through a tag as well', async () => {
    await inRepository({}, async ({ git, mirror, reader }) => {
      assert.notEqual((await reader.info(['HEAD']))[0], null);
      git(['commit', '-q', '--allow-empty', '-m', 'Later']);
      git(['tag', '-a', 'v1', '-m', 'tagged']);
      git(['repack', '-a', '-d', '-q']);
      for (const at of ['HEAD', 'v1'])
        assert.equal((await readCommitFacts(mirror, { at, reader, signal })).subject, 'Later');
    });
  });

  it('is asked of git where the reader has ended, or the git is too old for it', async () => {
    await inRepository({}, async ({ mirror, reader }, place) => {
      reader.end();
      assert.equal((await readCommitFacts(mirror, { at: 'HEAD', reader, signal })).subject, 'Say it');
      const before = process.env.PATH;
      writeFileSync(place.at('git'), '#!/bin/sh\nexit 129\n', { mode: 0o755 });
      process.env.PATH = `${place.path}:${before}`;
      const old = startObjectReader(mirror.directory, signal);
      process.env.PATH = before;
      await assert.rejects(old.info(['HEAD']));
      assert.equal((await readCommitFacts(mirror, { at: 'HEAD', reader: old, signal })).subject, 'Say it');
      old.end();
    });
  });

  it('is waited for no longer than whoever asks does: a git that is stuck is ended', async () => {
    await inRepository({}, async ({ mirror }, place) => {
      const before = process.env.PATH;
      writeFileSync(place.at('git'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
      process.env.PATH = `${place.path}:${before}`;
      const stop = new AbortController();
      const stuck = startObjectReader(mirror.directory, stop.signal);
      process.env.PATH = before;
      const asked = assert.rejects(stuck.info(['HEAD']), { name: 'AbortError' });
      stop.abort();
      await asked;
    });
  });

  it('is asked for in one question with others, some of which are not there', async () => {
    await inRepository({}, async ({ reader }) => {
      const found = await reader.contents(['HEAD:a.yaml', 'nothing', 'HEAD:b', 'HEAD\nHEAD', 'HEAD:a.yaml']);
      assert.deepEqual(
        found.map((one) => one?.bytes.toString() ?? null),
        ['a: 1\n', null, null, null, 'a: 1\n'],
      );
    });
  });
});

/** All that is below a folder: its bytes and whether it may be executed. */
function below(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile())
      found[path.slice(folder.length + 1)] =
        `${statSync(path).mode & 0o111 ? 'x' : '-'} ${readFileSync(path, 'latin1')}`;
    else if (!entry.isDirectory()) found[path.slice(folder.length + 1)] = 'no file';
  }
  return found;
}

describe('a small tree', () => {
  it('is written as git writes it: bytes, folders, and what may be executed', async () => {
    await inRepository({}, async ({ directory, git, reader, mirror }, place) => {
      const tree = join(directory, '..');
      mkdirSync(join(tree, 'deep/er/est'), { recursive: true });
      writeFileSync(join(tree, 'deep/er/est/b.yaml'), Buffer.from([0, 1, 2, 255, 13, 10]));
      writeFileSync(join(tree, 'deep/run.sh'), '#!/bin/sh\n');
      chmodSync(join(tree, 'deep/run.sh'), 0o755);
      writeFileSync(join(tree, '.env'), '');
      writeFileSync(join(tree, '.gitattributes'), '*.yaml text eol=crlf\n');
      git(['add', '.']);
      git(['commit', '-q', '-m', 'More']);
      const revision = git(['rev-parse', 'HEAD']).trim();
      assert.equal((await readSmallTree(reader, `${revision}:`))?.length, 5);
      // Attributes of the tree do not count for either of them.
      writeFileSync(join(directory, 'info/attributes'), '* -text !eol\n');
      for (const path of ['', 'deep/er'])
        for (const [name, by] of [
          ['by-reader', reader],
          ['by-git', null],
        ] as const)
          await writeCheckout({
            mirror,
            checkouts: place.at(`${name}-${path.length}`),
            revision,
            path,
            reader: by,
            limits: TREE_LIMITS,
            signal,
          });
      for (const length of [0, 7]) {
        const written = below(place.at(`by-reader-${length}/${revision}`));
        assert.ok(Object.keys(written).length > 0);
        assert.deepEqual(written, below(place.at(`by-git-${length}/${revision}`)));
      }
    });
  });

  it('is left to git with a link, a second repository, or a name that is not plain', async () => {
    await inRepository({}, async ({ directory, git, reader }) => {
      const blob = git(['hash-object', '-w', '--stdin'], 'x').trim();
      const commit = git(['rev-parse', 'HEAD']).trim();
      const isRead = async (entries: string): Promise<boolean> => {
        const tree = git(['mktree', '--missing'], entries).trim();
        return (await readSmallTree(reader, tree)) !== null;
      };
      assert.equal(await isRead(`100644 blob ${blob}\tplain-Name_1.yaml\n`), true);
      assert.equal(await isRead(`120000 blob ${blob}\tlink\n`), false);
      assert.equal(await isRead(`160000 commit ${commit}\tmodule\n`), false);
      for (const name of [
        '.git',
        '.GIT',
        '..',
        '.',
        'GIT~1',
        'two words',
        'tür',
        'a\\b',
        'a:b',
        'x'.repeat(201),
      ])
        assert.equal(await isRead(`100644 blob ${blob}\t${name}\n`), false, name);
      assert.equal(await isRead(`100644 blob ${'1'.repeat(40)}\tmissing\n`), false);
      assert.equal(await readSmallTree(reader, 'HEAD:not-there'), null);
      assert.equal(await readSmallTree(reader, 'HEAD:a.yaml'), null);
      symlinkSync('x', join(directory, '../link'));
    });
  });

  it('is left to git where it is none: too many files, too deep, too large', async () => {
    await inRepository({}, async ({ git, reader }) => {
      const blobOf = (text: string): string => git(['hash-object', '-w', '--stdin'], text).trim();
      const treeOf = (entries: string): string => git(['mktree'], entries).trim();
      const files = (count: number): string => {
        const blob = blobOf('x');
        return Array.from({ length: count }, (_, index) => `100644 blob ${blob}\t${index}.yaml\n`).join('');
      };
      assert.equal((await readSmallTree(reader, treeOf(files(500))))?.length, 500);
      assert.equal(await readSmallTree(reader, treeOf(files(501))), null);
      const large = blobOf('y'.repeat(4_100_000));
      assert.equal(await readSmallTree(reader, treeOf(`100644 blob ${large}\tlarge\n`)), null);
      let deep = treeOf(files(1));
      for (let depth = 0; depth < 250; depth++) deep = treeOf(`040000 tree ${deep}\td\n`);
      assert.equal(await readSmallTree(reader, deep), null);
    });
  });
});
