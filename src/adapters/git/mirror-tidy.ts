// Keeps the mirror from growing with every commit: what is not wanted any more is dropped.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The one ref of ours: what was fetched last. */
export const WANTED = 'refs/tinyforge/wanted';

// Each fetch leaves a pack of two or three files.
const MANY_FILES = 24;

/** Drops all objects but those of the commit, once there are many files. Rejects with a GitFailure. */
export async function tidyMirror(options: {
  directory: string;
  local(args: readonly string[], options: { signal: AbortSignal; input?: string }): Promise<string>;
  commit: string;
  signal: AbortSignal;
}): Promise<void> {
  const { directory, local, commit, signal } = options;
  const objects = await readdir(join(directory, 'objects'), { recursive: true }).catch(() => []);
  if (objects.length < MANY_FILES) return;
  const others = await local(['for-each-ref', '--format=delete %(refname)', 'refs/tinyforge/all/'], {
    signal,
  });
  await local(['update-ref', '--stdin'], { signal, input: `update ${WANTED} ${commit}\n${others}` });
  await local(['gc', '--quiet', '--prune=now'], { signal });
}
