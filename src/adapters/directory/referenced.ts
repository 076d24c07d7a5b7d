// Finds what the referenced paths of a source are: files to watch by name, or folders whose every file counts.
import { lstat, readdir } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { below } from './walk.ts';
import type { Referenced } from './watch-set.ts';

/** A site of more folders than this is found changed by the next pass instead. */
const MAX_FOLDERS = 1_000;

/** Paths are from the root, or absolute; those that lead out of it are left out. Links are not followed. */
export async function findReferenced(root: string, paths: readonly string[]): Promise<Referenced> {
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const given of paths) {
    const path = fromRoot(root, given);
    if (path === null) continue;
    const isFolder = await lstat(join(root, path)).then(
      (stats) => stats.isDirectory(),
      // Not there yet: its coming is a change.
      () => false,
    );
    if (!isFolder) files.add(path);
    else await addFolders(root, { path, folders });
  }
  return { files, folders };
}

async function addFolders(
  root: string,
  { path, folders }: { path: string; folders: Set<string> },
): Promise<void> {
  const waiting = [path];
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    if (folders.size >= MAX_FOLDERS) return;
    folders.add(folder);
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isDirectory()) waiting.push(below(folder, entry.name));
  }
}

function fromRoot(root: string, given: string): string | null {
  const path = relative(root, isAbsolute(given) ? given : join(root, given));
  return path === '' || path === '..' || path.startsWith(`..${sep}`) ? null : path.split(sep).join('/');
}
