// Who wrote a commit, what they call it, and when: for people, so nothing in it may steer a terminal.
import { printable } from '../../core/source-file.ts';
import type { Mirror } from './mirror.ts';
import type { ObjectReader } from './object-reader.ts';

export interface CommitFacts {
  revision: string;
  author: string;
  subject: string;
  /** When it was committed. */
  atMs: number;
}

/** As git has it. */
interface RawCommit {
  revision: string;
  author: string;
  seconds: string;
  subject: string;
}

/** A longer one is no commit that people wrote by hand. */
const MOST_BYTES = 64_000;

/**
 * Of a commit, or of what leads to one; by the reader where that can be. Rejects with a GitFailure where the mirror does
 * not have it.
 */
export async function readCommitFacts(
  mirror: Pick<Mirror, 'local'>,
  { at, reader, signal }: { at: string; reader: ObjectReader | null; signal: AbortSignal },
): Promise<CommitFacts> {
  // A reader that has ended is no trouble of the commit: git says what is.
  const known = reader === null ? null : await askReader(reader, at).catch(() => null);
  const { revision, author, seconds, subject } = known ?? (await askGit(mirror, { at, signal }));
  return {
    revision,
    author: printable(author).slice(0, 100),
    subject: printable(subject).slice(0, 200),
    atMs: Number(seconds) * 1000,
  };
}

async function askGit(
  mirror: Pick<Mirror, 'local'>,
  { at, signal }: { at: string; signal: AbortSignal },
): Promise<RawCommit> {
  const format = '--format=%H%n%an%n%ct%n%s';
  const text = await mirror.local(
    ['log', '-1', '--no-show-signature', '--no-color', '--encoding=UTF-8', format, `${at}^{commit}`],
    { signal },
  );
  const [revision = '', author = '', seconds = '0', subject = ''] = text.split('\n');
  return { revision, author, seconds, subject };
}

/** Null for what only git can read: another encoding than UTF-8, and what is no common commit. */
async function askReader(reader: ObjectReader, at: string): Promise<RawCommit | null> {
  const [facts] = await reader.info([`${at}^{commit}`]);
  if (facts?.type !== 'commit' || facts.size > MOST_BYTES) return null;
  const [commit] = await reader.contents([facts.id]);
  const text = commit?.bytes.toString('utf8') ?? '';
  const end = text.indexOf('\n\n');
  const headers = end < 0 ? text : text.slice(0, end);
  const author = /^author (.*?) ?<[^>\n]*> -?\d+ [-+]\d+$/m.exec(headers)?.[1];
  const seconds = /^committer .*> (\d+) [-+]\d+$/m.exec(headers)?.[1];
  if (author === undefined || seconds === undefined) return null;
  if (/^encoding /m.test(headers) || text.includes('\uFFFD')) return null;
  return { revision: facts.id, author, seconds, subject: subjectOf(end < 0 ? '' : text.slice(end + 2)) };
}

/** The first paragraph, on one line, as git's `%s`. */
function subjectOf(message: string): string {
  const lines = message.replace(/^(?:[ \t]*\n)+/, '').split('\n');
  const last = lines.findIndex((line) => line.trim() === '');
  return lines
    .slice(0, last < 0 ? lines.length : last)
    .map((line) => line.trimEnd())
    .join(' ');
}
