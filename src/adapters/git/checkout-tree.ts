// What a commit has below a path, as git lists it: never more of it than may be written.
import { bytesInWords, filesInWords, type TreeLimits, treeTooLarge } from '../../core/tree-limits.ts';
import { fault, isFault } from '../../model/errors.ts';
import type { Mirror } from './mirror.ts';

export interface TreeEntry {
  mode: string;
  /** As git prints it: ASCII, with escapes. */
  quotedPath: string;
  /** As `update-index --index-info` takes it. */
  line: string;
}

export interface TreeQuestion {
  mirror: Pick<Mirror, 'local'>;
  at: string;
  path: string;
  limits: TreeLimits;
  signal: AbortSignal;
}

/**
 * All files, links and second repositories (submodules) below `path` ('' for all) of the commit that `at` leads to.
 * A repository of some kilobytes can name one tree or one blob a billion times, so git is ended where its list becomes
 * longer, or its files together larger, than the limits. Throws GitPathMissing and TreeTooLarge (both stalled), or a
 * GitFailure where the mirror cannot be read.
 */
export async function listTree(question: TreeQuestion): Promise<TreeEntry[]> {
  const { mirror, at, path, limits, signal } = question;
  const commit = `${at}^{commit}`;
  const entries: TreeEntry[] = [];
  const take = counting(question, entries);
  // With its folders (-t): there may be a billion of them without a file in any.
  const args = ['ls-tree', '-r', '-t', '-l', '--full-tree', `${commit}:${path}`];
  let rest = '';
  let bytes = 0;
  const onOutput = (piece: Buffer): void => {
    bytes += piece.length;
    if (bytes > limits.maxFiles * MOST_LINE_BYTES)
      throw tooLarge(question, `${bytesInWords(limits.maxFiles * MOST_LINE_BYTES)} of names`);
    const lines = (rest + piece.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  };
  await mirror.local(args, { signal, onOutput }).catch(async (error: unknown) => {
    if (isFault(error)) throw error;
    // If the commit itself is readable, it is only the path that is not in it.
    const revision = await mirror
      .local(['rev-parse', '--verify', commit], { signal })
      .catch(() => Promise.reject(error));
    throw pathMissing(path, revision);
  });
  return entries;
}

/** Of a line of the list, on average: paths are some tens of bytes, and a file system takes 4,096. */
const MOST_LINE_BYTES = 500;

function counting(question: TreeQuestion, entries: TreeEntry[]): (line: string) => void {
  const { maxFiles, maxBytes } = question.limits;
  let files = 0;
  let bytes = 0;
  return (line) => {
    const [, mode, type, id, size, quotedPath] =
      /^(\d{6}) (\w+) ([0-9a-f]+) +(\d+|-)\t(.+)$/.exec(line) ?? [];
    if (!mode || !type || !id || !quotedPath) return;
    files += 1;
    if (files > maxFiles) throw tooLarge(question, filesInWords(maxFiles));
    if (type === 'blob') bytes += Number(size);
    if (bytes > maxBytes) throw tooLarge(question, bytesInWords(maxBytes));
    if (type !== 'tree') entries.push({ mode, quotedPath, line: `${mode} ${type} ${id}\t${quotedPath}` });
  };
}

function tooLarge({ at, path }: TreeQuestion, limit: string): Error {
  return treeTooLarge({
    folder: `${path === '' ? '.' : path} of commit ${at.slice(0, 7)}`,
    limit,
    hint: 'Name the folder that is needed as `path`, or keep what is not needed out of the repository.',
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
