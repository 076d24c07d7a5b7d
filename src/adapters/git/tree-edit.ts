// Reads one file of a commit, and makes a commit in which one file is different: objects alone, no working tree.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { maxSourceFileBytes, notARegularFile } from '../../core/source-file.ts';
import type { Clock } from '../../ports/clock.ts';
import type { WriteRefusal } from '../../ports/write-back.ts';
import type { Mirror } from './mirror.ts';
import { unquotePath } from './quoted-path.ts';
import { withScratch } from './scratch.ts';

const FILE_MODE = '100644';
const NAME = 'Tinyforge';
const EMAIL = 'tinyforge@localhost';

export type FileAt = { text: string | null; mode: string } | { refusal: WriteRefusal };

/** Text null where it is not there. A link, a folder or a second repository there or on the way is refused. */
export async function readFileAt(
  mirror: Mirror,
  { commit, file, signal }: { commit: string; file: string; signal: AbortSignal },
): Promise<FileAt> {
  const parts = file.split('/');
  const paths = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const listing = await mirror.local(['ls-tree', '-t', '--full-tree', commit, '--', ...paths], {
    signal,
    extra: { GIT_LITERAL_PATHSPECS: '1' },
  });
  const entries = listing.split('\n').flatMap((line) => {
    const [, mode, type, id, quoted] = /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/.exec(line) ?? [];
    return mode && type && id && quoted
      ? [{ mode, type, id, path: unquotePath(quoted).toString('utf8') }]
      : [];
  });
  const inTheWay = entries.find(({ path, type }) => path !== file && paths.includes(path) && type !== 'tree');
  if (inTheWay !== undefined)
    return { refusal: notARegularFile(inTheWay.path, 'a link or a file, where a folder is needed') };
  const found = entries.find(({ path }) => path === file);
  if (found === undefined) return { text: null, mode: FILE_MODE };
  if (found.type !== 'blob' || !found.mode.startsWith('100')) {
    return {
      refusal: notARegularFile(
        file,
        found.mode === '120000' ? 'a symbolic link' : 'a folder or a repository',
      ),
    };
  }
  const size = Number(await mirror.local(['cat-file', '-s', found.id], { signal }));
  if (size > maxSourceFileBytes) return { refusal: notARegularFile(file, 'larger than a manifest may be') };
  const text = await mirror.local(['cat-file', 'blob', found.id], { signal });
  // What does not come back as the same bytes is not UTF-8, and would be damaged by writing it again.
  if (blobId(text, found.id.length) !== found.id) return { refusal: notARegularFile(file, 'not UTF-8') };
  return { text, mode: found.mode };
}

export interface CommitFacts {
  base: string;
  /** Text null takes the file away. */
  file: { path: string; mode: string; text: string | null };
  message: string;
  clock: Clock;
  signal: AbortSignal;
}

/** The id of a commit on top of `base`. Nothing of it is on a command line: texts, names and paths go in by standard input. */
export async function makeCommit(mirror: Mirror, facts: CommitFacts): Promise<string> {
  const { base, file, message, clock, signal } = facts;
  return await withScratch(async (scratch) => {
    const seconds = Math.floor(clock.nowMs() / 1000);
    const extra = {
      GIT_INDEX_FILE: join(scratch.directory, 'index'),
      GIT_AUTHOR_NAME: NAME,
      GIT_AUTHOR_EMAIL: EMAIL,
      GIT_AUTHOR_DATE: `${seconds} +0000`,
      GIT_COMMITTER_NAME: NAME,
      GIT_COMMITTER_EMAIL: EMAIL,
      GIT_COMMITTER_DATE: `${seconds} +0000`,
    };
    const run = async (args: readonly string[], input?: string) =>
      (await mirror.local(args, { signal, extra, ...(input === undefined ? {} : { input }) })).trim();
    await run(['read-tree', base]);
    const none = '0'.repeat(base.length);
    const line =
      file.text === null
        ? `0 ${none}\t${file.path}\0`
        : `${file.mode} ${await run(['hash-object', '-w', '--no-filters', '--stdin'], file.text)}\t${file.path}\0`;
    await run(['update-index', '-z', '--index-info'], line);
    return await run(['commit-tree', await run(['write-tree']), '-p', base], message);
  });
}

function blobId(text: string, length: number): string {
  const bytes = Buffer.from(text, 'utf8');
  const hash = createHash(length === 40 ? 'sha1' : 'sha256');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
