// Finds the real folder behind a source's root, without ever waiting on a mount that is dead.
import { realpath } from 'node:fs/promises';

const TIMEOUT_MS = 5_000;

/**
 * Gives a function that resolves with the root without links. It rejects with an ErrnoException, after 5 s with the code
 * ETIMEDOUT: a call on a dead network mount never returns, and each new one would take another thread for good, so
 * the one under way is waited for again.
 */
export function createRootFinder(
  directory: string,
  { resolve = realpath, timeoutMs = TIMEOUT_MS }: { resolve?: typeof realpath; timeoutMs?: number } = {},
): () => Promise<string> {
  let pending: Promise<string> | null = null;

  return async () => {
    pending ??= resolve(directory).finally(() => {
      pending = null;
    });
    const { promise, reject } = Promise.withResolvers<never>();
    const late = Object.assign(new Error('The root did not answer.'), { code: 'ETIMEDOUT' });
    const timer = setTimeout(() => reject(late), timeoutMs);
    try {
      return await Promise.race([pending, promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}
