// What a commit has below a path, as git lists it.
import { fault } from '../../model/errors.ts';
import type { Mirror } from './mirror.ts';

export interface TreeEntry {
  mode: string;
  /** As git prints it: ASCII, with escapes. */
  quotedPath: string;
  line: string;
}

/**
 * All files, links and second repositories (submodules) below `path` ('' for all) of the commit that `at` leads to.
 * Throws GitPathMissing (stalled), or a GitFailure where the mirror cannot be read.
 */
export async function listTree(options: {
  mirror: Pick<Mirror, 'local'>;
  at: string;
  path: string;
  signal: AbortSignal;
}): Promise<TreeEntry[]> {
  const { mirror, at, path, signal } = options;
  const commit = `${at}^{commit}`;
  const listing = await mirror
    .local(['ls-tree', '-r', '--full-tree', `${commit}:${path}`], { signal })
    .catch(async (error: unknown) => {
      // If the commit itself is readable, it is only the path that is not in it.
      const revision = await mirror
        .local(['rev-parse', '--verify', commit], { signal })
        .catch(() => Promise.reject(error));
      throw pathMissing(path, revision);
    });
  return listing.split('\n').flatMap((line) => {
    const parts = /^(\d{6}) \w+ [0-9a-f]+\t(.+)$/.exec(line);
    return parts?.[1] && parts[2] ? [{ mode: parts[1], quotedPath: parts[2], line }] : [];
  });
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
