// Makes a Folder: writing where workloads may write too, by descriptors, so that a planted link leads nowhere.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import type { FolderFile, FolderOptions, OpenFolder } from '../../ports/folder.ts';
import { componentsOf } from './components.ts';
import { enter, type OpenDirectory, openRoot } from './descend.ts';
import { stampOf } from './file-kind.ts';
import { removeFile, removeTree } from './remove-files.ts';
import { notARegularFile, unwritable } from './tree-faults.ts';

export const openFolder: OpenFolder = (root, { mode, survives }) => ({
  root,
  write: async (file) => {
    makeRoot(root, mode);
    return write(root, file, survives);
  },
  remove: async (path) => removeFile(root, path),
  removeTree: async (path) => removeTree(root, path),
});

/** Folders that we make are open to all, as git's are: a container's user is rarely ours. */
const FOLDER_MODE = 0o755;
const TEMPORARY = '.tinyforge-';

function write(
  root: string,
  { path, content, mode }: FolderFile,
  survives: FolderOptions['survives'],
): string {
  const components = componentsOf(path);
  const name = components.pop();
  if (name === undefined) throw notARegularFile(path, 'a folder');
  const directory = descendMaking(root, components);
  try {
    const temporary = directory.at(`${TEMPORARY}${randomBytes(6).toString('hex')}`);
    const stamp = writeTemporary(temporary, { content, mode, survives });
    try {
      renameSync(temporary, directory.at(name));
    } catch (error) {
      unlinkSync(temporary);
      throw error;
    }
    return stamp(directory.at(name));
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    directory.close();
  }
}

function writeTemporary(
  path: string,
  { content, mode, survives }: Pick<FolderFile, 'content' | 'mode'> & Pick<FolderOptions, 'survives'>,
) {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const descriptor = openSync(path, flags, 0o600);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    fchmodSync(descriptor, mode);
    // Without it a power cut may leave an empty file under the final name.
    if (survives === 'power-cut') fsyncSync(descriptor);
    const inode = fstatSync(descriptor, { bigint: true }).ino;
    // The rename moves the change time, so the stamp is taken after it; another inode means somebody was faster.
    return (reached: string) => {
      const stats = lstatSync(reached, { bigint: true });
      return stats.ino === inode ? stampOf(stats) : '';
    };
  } finally {
    closeSync(descriptor);
  }
}

/** A link or a file in the way is refused by `enter`; what is missing is made. */
function descendMaking(root: string, components: readonly string[]): OpenDirectory {
  let directory = openRoot(root);
  for (const name of components) {
    const parent = directory;
    try {
      makeIfMissing(parent.at(name));
      directory = enter(parent, name);
    } finally {
      parent.close();
    }
  }
  return directory;
}

/** The controller's umask is 077, for its own files; a container's user would see none of these folders by it. */
function makeIfMissing(path: string): void {
  try {
    mkdirSync(path, { mode: FOLDER_MODE });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw unwritable('a folder', error);
  }
  // By descriptor: what is there now may be a link already, and its target is not ours to open.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    fchmodSync(descriptor, FOLDER_MODE);
  } finally {
    closeSync(descriptor);
  }
}

function makeRoot(root: string, mode: number): void {
  if (mkdirSync(root, { recursive: true, mode }) !== undefined) chmodSync(root, mode);
}
