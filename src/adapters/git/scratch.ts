// A private folder in memory for what a git call needs and nobody else may see, such as a key.
import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isOwnerAlive, ownerMark } from './owner.ts';

export interface Scratch {
  directory: string;
  /** Writes a file that only we can read; gives its path. */
  write(name: string, text: string): Promise<string>;
}

const PREFIX = 'tinyforge-git-';

/** Gives `work` a folder of its own (0700) and removes it after, whatever happened. */
export async function withScratch<T>(work: (scratch: Scratch) => Promise<T>): Promise<T> {
  const directory = join(scratchRoot(), `${PREFIX}${ownerMark()}-${randomBytes(6).toString('hex')}`);
  mkdirSync(directory, { mode: 0o700 });
  const write = async (name: string, text: string) => {
    const path = join(directory, name);
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
    return path;
  };
  try {
    return await work({ directory, write });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Removes folders of processes that were killed in the middle: there may be a key in them. */
export async function sweepScratch(): Promise<void> {
  const root = scratchRoot();
  const names = await readdir(root).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(PREFIX)) continue;
    const mark = name.slice(PREFIX.length, name.lastIndexOf('-'));
    if (isOwnerAlive(mark)) continue;
    // Another user's is not ours to remove.
    await rm(join(root, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Memory where the system has it, so that a key is never on a disk. */
function scratchRoot(): string {
  try {
    accessSync('/dev/shm', constants.W_OK | constants.X_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}
