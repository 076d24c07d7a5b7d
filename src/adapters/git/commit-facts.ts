// Who wrote a commit, what they call it, and when: for people, so nothing in it may steer a terminal.
import { printable } from '../../core/source-file.ts';
import type { Mirror } from './mirror.ts';

export interface CommitFacts {
  author: string;
  subject: string;
  /** When it was committed. */
  atMs: number;
}

/** Rejects with a GitFailure where the mirror does not have the commit. */
export async function readCommitFacts(
  mirror: Mirror,
  { revision, signal }: { revision: string; signal: AbortSignal },
): Promise<CommitFacts> {
  const format = '--format=%an%n%ct%n%s';
  const text = await mirror.local(
    ['log', '-1', '--no-show-signature', '--no-color', '--encoding=UTF-8', format, revision],
    { signal },
  );
  const [author = '', seconds = '0', subject = ''] = text.split('\n');
  return {
    author: printable(author).slice(0, 100),
    subject: printable(subject).slice(0, 200),
    atMs: Number(seconds) * 1000,
  };
}
