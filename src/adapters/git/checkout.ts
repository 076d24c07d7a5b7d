// Writes the tree of one commit into a folder that appears whole or not at all.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { TreeLimits } from '../../core/tree-limits.ts';
import { listTree, type TreeEntry } from './checkout-tree.ts';
import type { Mirror } from './mirror.ts';
import type { ObjectReader } from './object-reader.ts';
import { ownerMark } from './owner.ts';
import { unquotePath } from './quoted-path.ts';
import { readSmallTree, type TreeFile } from './small-tree.ts';

const REVISION = /^[0-9a-f]{40,64}$/;

export interface CheckoutOptions {
  mirror: Mirror;
  /** The folder of all checkouts of the source. */
  checkouts: string;
  revision: string;
  /** Sub-directory to write; '' for all. It keeps its place below the checkout. */
  path: string;
  /** By which a small tree is read; null where git is to write it. */
  reader: ObjectReader | null;
  /** All that is written, and git's own list of it. */
  limits: TreeLimits;
  signal: AbortSignal;
}

/**
 * Makes `checkouts/REVISION`, replacing one that is there. Links come out as links to nowhere: who looks sees a link and
 * refuses it by name, who follows finds nothing. Second repositories (submodules) do not come out.
 * Throws GitPathMissing, TreeTooLarge before anything is written, or a GitFailure where the mirror cannot be read.
 */
export async function writeCheckout(options: CheckoutOptions): Promise<void> {
  const { checkouts, revision, path, reader } = options;
  const temporary = join(checkouts, temporaryName());
  const tree = join(temporary, 'tree');
  const root = join(tree, path);
  await mkdir(root, { recursive: true, mode: 0o700 });
  try {
    // A reader that has ended is no trouble of the commit: git says what is.
    const files =
      reader === null ? null : await readSmallTree(reader, `${revision}:${path}`).catch(() => null);
    if (files !== null) await writePlainFiles(root, files);
    else await writeByGit(options, { root, index: join(temporary, 'index') });
    await putInPlace(tree, join(checkouts, revision));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * Removes all but these checkouts, and what killed processes left half written. By a rename first, so that a
 * checkout is never seen half removed. Call it under the lock of the source.
 */
export async function removeOtherCheckouts(checkouts: string, keep: readonly string[]): Promise<void> {
  for (const name of await readdir(checkouts).catch(() => [])) {
    if (keep.includes(name)) continue;
    const path = join(checkouts, name);
    const aside = REVISION.test(name) ? join(checkouts, temporaryName()) : path;
    if (aside !== path) await rename(path, aside);
    await rm(aside, { recursive: true, force: true });
  }
}

/** Names are plain, and nobody else writes below the root, so nothing leads out of it. */
async function writePlainFiles(root: string, files: readonly TreeFile[]): Promise<void> {
  const folders = new Set(files.map(({ path }) => dirname(path)));
  for (const folder of folders) mkdirSync(join(root, folder), { recursive: true });
  for (const [index, { path, isExecutable, bytes }] of files.entries()) {
    if (index % BATCH === BATCH - 1) await setImmediate();
    writeFileSync(join(root, path), bytes, { flag: 'wx', mode: isExecutable ? 0o777 : 0o666 });
  }
}

/** Others have a turn in between. */
const BATCH = 50;

async function writeByGit(options: CheckoutOptions, place: { root: string; index: string }): Promise<void> {
  const { mirror, revision, path, limits, signal } = options;
  const entries = await listTree({ mirror, at: revision, path, limits, signal });
  await writeFiles(options, { ...place, entries });
  for (const entry of entries)
    if (entry.mode === '120000') await writeLinkToNowhere(place.root, entry.quotedPath);
}

/** By an index of regular files alone, so that git itself never makes a link or a submodule's folder. */
async function writeFiles(
  { mirror, revision, path, signal }: CheckoutOptions,
  { root, index, entries }: { root: string; index: string; entries: readonly TreeEntry[] },
): Promise<void> {
  const files = entries.filter((entry) => entry.mode === '100644' || entry.mode === '100755');
  const extra = { GIT_INDEX_FILE: index, GIT_WORK_TREE: root };
  if (files.length === 0) return;
  if (files.length === entries.length) {
    // Nothing to leave out: one call for both. It tells its progress at once, for simple-git waits for who says nothing.
    await mirror.local(['read-tree', '-v', '--reset', '-u', `${revision}:${path}`], {
      signal,
      extra: { ...extra, GIT_PROGRESS_DELAY: '0' },
      directory: root,
    });
    return;
  }
  const input = files.map((entry) => `${entry.line}\n`).join('');
  await mirror.local(['update-index', '--verbose', '--index-info'], {
    signal,
    input,
    extra,
    directory: root,
  });
  await mirror.local(['checkout-index', '--all', '--quiet'], { signal, extra, directory: root });
}

async function writeLinkToNowhere(root: string, quotedPath: string): Promise<void> {
  const path = Buffer.concat([Buffer.from(`${root}/`), unquotePath(quotedPath)]);
  await mkdir(path.subarray(0, path.lastIndexOf('/')), { recursive: true });
  // Below a device nothing can ever exist.
  await symlink('/dev/null/link-in-the-repository', path);
}

async function putInPlace(tree: string, target: string): Promise<void> {
  const aside = `${tree}-before`;
  await rename(target, aside).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await rename(tree, target);
}

function temporaryName(): string {
  return `.tmp-${ownerMark()}-${randomBytes(4).toString('hex')}`;
}
