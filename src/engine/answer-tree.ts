// The hash of a folder of static files: over paths, modes and contents, and made anew only when a stamp moved.
import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical.ts';
import type { Answer, Need } from '../model/resolved.ts';
import type { EngineDeps } from './deps.ts';

export interface TreeCache {
  /** By absolute folder: hash of the stamps → hash of the contents. */
  entries: Map<string, { stamps: string; hash: string }>;
}

const MAX_FILES = 100_000;
const MAX_BYTES = 1_000_000_000;

type TreeNeed = Extract<Need, { type: 'tree' }>;

export async function answerTree(
  { tree }: Pick<EngineDeps, 'tree'>,
  cache: TreeCache,
  need: TreeNeed,
): Promise<Answer> {
  const { root, path } = need;
  const entries = (await tree.list({ root, path, maxFiles: MAX_FILES, maxBytes: MAX_BYTES })).filter(
    (entry) => entry.type === 'file',
  );
  const directory = path === '' || path === '.' ? root : `${root}/${path}`;
  const stamps = createHash('sha256')
    .update(canonicalJson(entries.map((entry) => [entry.path, entry.stamp])))
    .digest('hex');
  const known = cache.entries.get(directory);
  const bytes = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (known?.stamps === stamps)
    return { ok: true, type: 'tree', hash: known.hash, files: entries.length, bytes, directory };
  const hash = createHash('sha256');
  for (const entry of entries) {
    hash.update(`${entry.path}\0${entry.size}\0${entry.mode & 0o111 ? 'x' : '-'}\0`);
    for await (const chunk of await tree.open({
      root,
      path: path === '' || path === '.' ? entry.path : `${path}/${entry.path}`,
    })) {
      hash.update(chunk as Buffer);
    }
  }
  const digest = hash.digest('hex').slice(0, 32);
  cache.entries.set(directory, { stamps, hash: digest });
  return { ok: true, type: 'tree', hash: digest, files: entries.length, bytes, directory };
}
