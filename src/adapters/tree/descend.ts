// Opens a path below a root one component at a time, so that a link anywhere on the way is refused, not followed.
import { closeSync, constants, existsSync, lstatSync, openSync } from 'node:fs';
import { componentsOf } from './components.ts';
import { kindOf } from './file-kind.ts';
import { fileMissing, notARegularFile, unreadable } from './tree-faults.ts';

/**
 * Linux reaches a directory by its descriptor under this path. A name below it is looked up in that very directory,
 * whatever has been renamed or linked meanwhile: a workload that swaps a folder for a link between our look and our
 * open wins nothing. Elsewhere plain paths are used, and the swap of a folder at the right moment is not seen.
 */
const BY_DESCRIPTOR = existsSync('/proc/self/fd') ? '/proc/self/fd' : null;

/** An open directory. `at` gives the path by which a name in it is reached. */
export interface OpenDirectory {
  /** From the root, for messages. */
  path: string;
  at(name: string): string;
  close(): void;
}

/** Opens the root itself; links on the way to it are the administrator's own. */
export function openRoot(root: string): OpenDirectory {
  return openDirectory(root, { path: '', isRoot: true });
}

/**
 * Opens the directory at a path below the root. Throws a fault: OutsideTree, FileMissing, NotARegularFile (a link,
 * or a file where a folder is needed), FileUnreadable.
 */
export function descend(root: string, path: string): OpenDirectory {
  let directory = openRoot(root);
  for (const name of componentsOf(path)) {
    const parent = directory;
    try {
      directory = enter(parent, name);
    } finally {
      parent.close();
    }
  }
  return directory;
}

/** Opens a directory in an open directory. */
export function enter(parent: OpenDirectory, name: string): OpenDirectory {
  const path = parent.path === '' ? name : `${parent.path}/${name}`;
  return openDirectory(parent.at(name), { path, isRoot: false });
}

function openDirectory(reached: string, { path, isRoot }: { path: string; isRoot: boolean }): OpenDirectory {
  const noFollow = isRoot ? 0 : constants.O_NOFOLLOW;
  let descriptor: number;
  try {
    descriptor = openSync(reached, constants.O_RDONLY | constants.O_DIRECTORY | noFollow);
  } catch (error) {
    throw explain(error, { path, reached });
  }
  const base = BY_DESCRIPTOR === null ? reached : `${BY_DESCRIPTOR}/${descriptor}`;
  return { path, at: (name) => `${base}/${name}`, close: () => closeSync(descriptor) };
}

/** A link makes the open fail with ENOTDIR or ELOOP; what it was is told by one more look. */
function explain(error: unknown, { path, reached }: { path: string; reached: string }): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return fileMissing(path);
  if (code !== 'ENOTDIR' && code !== 'ELOOP') return unreadable(path, error);
  try {
    const kind = kindOf(lstatSync(reached));
    return notARegularFile(path, kind === 'a folder' ? 'a symbolic link' : kind);
  } catch {
    return fileMissing(path);
  }
}
