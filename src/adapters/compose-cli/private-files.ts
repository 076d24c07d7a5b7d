// Files for one child's eyes: 0600 in a folder 0700, unlinked when the child has ended, and swept after a crash.
import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PrivateFiles {
  /** The same name gives the same path: Compose records it in a label. */
  write(name: string, text: string): string;
  remove(name: string): void;
  /** Of a file that somebody else will make. */
  pathOf(name: string): string;
  /** Once per process and folder, by who brings stacks up: one process at a time does. */
  sweepAll(): void;
}

/** Makes the folder if need be. Throws where somebody else could read or plant files in it. */
export function privateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const stats = lstatSync(path);
  if (!stats.isDirectory()) throw new Error(`${path} must be a folder, and is something else.`);
  const own = process.getuid?.();
  if (own !== undefined && stats.uid !== own) throw new Error(`${path} belongs to another user.`);
  chmodSync(path, 0o700);
  return path;
}

/** What crashed processes left is swept now, by their ids; what carries none when `sweepAll` is called. */
export function createPrivateFiles(directory: string): PrivateFiles {
  privateFolder(directory);
  sweep(directory, 'of-the-dead');
  return {
    write(name, text) {
      const path = join(directory, name);
      // A file of the same name could have been left with wider rights; it is replaced, never written into.
      rmSync(path, { force: true });
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
      return path;
    },
    remove: (name) => rmSync(join(directory, name), { force: true }),
    pathOf: (name) => join(directory, name),
    sweepAll() {
      if (sweptAlready.has(directory)) return;
      sweptAlready.add(directory);
      sweep(directory, 'all');
    },
  };
}

/** Two runners of this process share a folder: the second must not take away what the first one is using. */
const sweptAlready = new Set<string>();

/** Longer than any child reads its file: another process of that id is not the one that wrote it. */
const STALE_MS = 60 * 60_000;

function sweep(directory: string, which: 'of-the-dead' | 'all'): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const pid = /^(\d+)-/.exec(name)?.[1];
    const isYoung = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < STALE_MS;
    const isKept = pid === undefined ? which === 'of-the-dead' : isYoung && isAlive(Number(pid));
    if (!isKept) rmSync(path, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
