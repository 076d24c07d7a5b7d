// Makes a Folder: writing where workloads may write too, by descriptors, so that a planted link leads nowhere.
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
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
import { descend, enter, type OpenDirectory, openRoot } from './descend.ts';
import { stampOf } from './file-kind.ts';
import { removeFile, removeTree } from './remove-files.ts';
import { fileChanged, notARegularFile, unwritable } from './tree-faults.ts';

export const openFolder: OpenFolder = (root, { mode, survives }) => ({
  root,
  write: async (file) => {
    makeRoot(root, mode);
    return write(root, file, survives);
  },
  remove: async (path, { replaces } = {}) => {
    if (replaces !== undefined) refuseOther(root, path, replaces);
    removeFile(root, path);
  },
  removeTree: async (path) => removeTree(root, path),
});

/** Folders that we make are open to all, as git's are: a container's user is rarely ours. */
const FOLDER_MODE = 0o755;
const TEMPORARY = '.tinyforge-';

function write(
  root: string,
  { path, content, mode, replaces }: FolderFile,
  survives: FolderOptions['survives'],
): string {
  const components = componentsOf(path);
  const name = components.pop();
  if (name === undefined) throw notARegularFile(path, 'a folder');
  const directory = descendMaking(root, components);
  try {
    const temporary = directory.at(`${TEMPORARY}${randomBytes(6).toString('hex')}`);
    const owner = replaces === undefined ? null : ownerOf(directory.at(name), { path, stamp: replaces });
    const stamp = writeTemporary(temporary, { content, mode, survives, owner });
    try {
      // Once more, for the writing took its time. Between this look and the rename lie microseconds.
      if (replaces !== undefined) ownerOf(directory.at(name), { path, stamp: replaces });
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
  {
    content,
    mode,
    survives,
    owner,
  }: Pick<FolderFile, 'content' | 'mode'> & Pick<FolderOptions, 'survives'> & { owner: Owner | null },
) {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const descriptor = openSync(path, flags, 0o600);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    // Before the mode, which a change of owner cuts.
    if (owner !== null) keepOwner(descriptor, owner);
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

interface Owner {
  uid: number;
  gid: number;
}

/** Whose the file is that has this stamp; null where none is and none is meant. Throws FileChanged for any other. */
function ownerOf(reached: string, { path, stamp }: { path: string; stamp: string | null }): Owner | null {
  const stats = lstatSync(reached, { bigint: true, throwIfNoEntry: false });
  if ((stats === undefined ? null : stampOf(stats)) !== stamp) throw fileChanged(path);
  return stats === undefined ? null : { uid: Number(stats.uid), gid: Number(stats.gid) };
}

function keepOwner(descriptor: number, { uid, gid }: Owner): void {
  const own = fstatSync(descriptor);
  if (own.uid !== uid || own.gid !== gid) fchownSync(descriptor, uid, gid);
}

function refuseOther(root: string, path: string, stamp: string | null): void {
  const components = componentsOf(path);
  const name = components.pop() ?? '';
  const directory = descend(root, components.join('/'));
  try {
    ownerOf(directory.at(name), { path, stamp });
  } finally {
    directory.close();
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
