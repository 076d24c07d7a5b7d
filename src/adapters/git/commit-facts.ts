// Who wrote a commit, what they call it, and when: for people, so nothing in it may steer a terminal.
import { printable } from '../../core/source-file.ts';
import type { Mirror } from './mirror.ts';

export interface CommitFacts {
  revision: string;
  author: string;
  subject: string;
  /** When it was committed. */
  atMs: number;
}

/** Of a commit, or of what leads to one. Rejects with a GitFailure where the mirror does not have it. */
export async function readCommitFacts(
  mirror: Pick<Mirror, 'local'>,
  { at, signal }: { at: string; signal: AbortSignal },
): Promise<CommitFacts> {
  const format = '--format=%H%n%an%n%ct%n%s';
  const text = await mirror.local(
    ['log', '-1', '--no-show-signature', '--no-color', '--encoding=UTF-8', format, `${at}^{commit}`],
    { signal },
  );
  const [revision = '', author = '', seconds = '0', subject = ''] = text.split('\n');
  return {
    revision,
    author: printable(author).slice(0, 100),
    subject: printable(subject).slice(0, 200),
    atMs: Number(seconds) * 1000,
  };
}
