// The hash of a folder of static files: over paths, modes and contents, and made anew only when a stamp moved.
import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical.ts';
import { problem } from '../core/problem.ts';
import { MOST_BYTES, MOST_FILES } from '../core/tree-limits.ts';
import type { GitContent } from '../model/desired.ts';
import type { Answer, Need } from '../model/resolved.ts';
import type { EngineDeps } from './deps.ts';

export interface TreeCache {
  /** By absolute folder: hash of the stamps → hash of the contents. */
  entries: Map<string, { stamps: string; hash: string }>;
}

const LONGEST_READ_MS = 60_000;
const NOT_THERE_YET = problem({
  reason: 'RepositoryAway',
  message: 'The repository with the files could not be read yet',
  effect: 'It runs as last applied.',
});

type TreeNeed = Extract<Need, { type: 'tree' }>;

/** The newest commit that could be had; what has none yet waits. */
export async function answerRepository(
  { tree, repositories }: Pick<EngineDeps, 'tree' | 'repositories'>,
  cache: TreeCache,
  content: GitContent,
): Promise<Answer> {
  const { state, problem } = await repositories.read(content, AbortSignal.timeout(LONGEST_READ_MS));
  if (state === null) return { ok: false, retry: true, problem: problem ?? NOT_THERE_YET };
  const need: TreeNeed = { type: 'tree', key: '', root: state.root, path: '' };
  const answer = await answerTree({ tree }, cache, need);
  if (!answer.ok || answer.type !== 'tree') return answer;
  return { ...answer, revision: state.revision, notice: problem };
}

export async function answerTree(
  { tree }: Pick<EngineDeps, 'tree'>,
  cache: TreeCache,
  need: TreeNeed,
): Promise<Answer> {
  const { root, path } = need;
  const entries = (await tree.list({ root, path, maxFiles: MOST_FILES, maxBytes: MOST_BYTES })).filter(
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
