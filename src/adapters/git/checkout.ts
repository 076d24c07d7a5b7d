// Writes the tree of one commit into a folder that appears whole or not at all.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fault } from '../../model/errors.ts';
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
  signal: AbortSignal;
}

/**
 * Makes `checkouts/REVISION`, replacing one that is there. Links come out as links to nowhere: who looks sees a link and
 * refuses it by name, who follows finds nothing. Second repositories (submodules) do not come out.
 * Throws GitPathMissing (stalled), or a GitFailure where the mirror cannot be read.
 */
export async function writeCheckout(options: CheckoutOptions): Promise<void> {
  const { checkouts, revision } = options;
  const temporary = join(checkouts, temporaryName());
  const tree = join(temporary, 'tree');
  const root = join(tree, options.path);
  await mkdir(root, { recursive: true, mode: 0o700 });
  try {
    const entries = await listTree(options);
    await writeFiles(options, { entries, root, index: join(temporary, 'index') });
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

interface TreeEntry {
  mode: string;
  /** As git prints it: ASCII, with escapes. */
  quotedPath: string;
  line: string;
}

async function listTree({ mirror, revision, path, signal }: CheckoutOptions): Promise<TreeEntry[]> {
  const listing = await mirror
    .local(['ls-tree', '-r', '--full-tree', `${revision}:${path}`], { signal })
    .catch(async (error: unknown) => {
      // If the commit itself is readable, it is only the path that is not in it.
      await mirror.local(['ls-tree', '--full-tree', revision], { signal }).catch(() => Promise.reject(error));
      throw pathMissing(path, revision);
    });
  return listing.split('\n').flatMap((line) => {
    const parts = /^(\d{6}) \w+ [0-9a-f]+\t(.+)$/.exec(line);
    return parts?.[1] && parts[2] ? [{ mode: parts[1], quotedPath: parts[2], line }] : [];
  });
}

/** By an index of regular files alone, so that git itself never makes a link or a submodule's folder. */
async function writeFiles(
  { mirror, signal }: CheckoutOptions,
  { entries, root, index }: { entries: readonly TreeEntry[]; root: string; index: string },
): Promise<void> {
  const files = entries.filter((entry) => entry.mode === '100644' || entry.mode === '100755');
  const extra = { GIT_INDEX_FILE: index, GIT_WORK_TREE: root };
  const input = files.map((entry) => `${entry.line}\n`).join('');
  if (files.length === 0) return;
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

function pathMissing(path: string, revision: string): Error {
  return fault({
    code: 'GIT_PATH_MISSING',
    reason: 'GitPathMissing',
    message: `There is no folder ${path} in commit ${revision.slice(0, 7)}.`,
    hint: 'Correct `path` of the source, or commit the folder.',
    disposition: 'stalled',
  });
}
