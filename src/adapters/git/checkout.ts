// Writes the tree of one commit into a folder that appears whole or not at all.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeEntry } from './checkout-tree.ts';
import type { Mirror } from './mirror.ts';
import { ownerMark } from './owner.ts';
import { unquotePath } from './quoted-path.ts';

const REVISION = /^[0-9a-f]{40,64}$/;

export interface CheckoutOptions {
  mirror: Mirror;
  /** The folder of all checkouts of the source. */
  checkouts: string;
  revision: string;
  /** Sub-directory to write; '' for all. It keeps its place below the checkout. */
  path: string;
  /** What lies there. */
  entries: readonly TreeEntry[];
  signal: AbortSignal;
}

/**
 * Makes `checkouts/REVISION`, replacing one that is there. Links come out as links to nowhere: who looks sees a link and
 * refuses it by name, who follows finds nothing. Second repositories (submodules) do not come out.
 * Throws a GitFailure where the mirror cannot be read.
 */
export async function writeCheckout(options: CheckoutOptions): Promise<void> {
  const { checkouts, revision, entries } = options;
  const temporary = join(checkouts, temporaryName());
  const tree = join(temporary, 'tree');
  const root = join(tree, options.path);
  await mkdir(root, { recursive: true, mode: 0o700 });
  try {
    await writeFiles(options, { root, index: join(temporary, 'index') });
    for (const entry of entries)
      if (entry.mode === '120000') await writeLinkToNowhere(root, entry.quotedPath);
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

/** By an index of regular files alone, so that git itself never makes a link or a submodule's folder. */
async function writeFiles(
  { mirror, revision, path, entries, signal }: CheckoutOptions,
  { root, index }: { root: string; index: string },
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
