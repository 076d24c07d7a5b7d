// Decides which folders are watched: those with manifests and referenced files, never those of a database. Pure.
import type { Walk } from './walk.ts';

export interface WatchSet {
  /** Folders to watch at their own level, from the root; '' is the root. */
  folders: ReadonlySet<string>;
  /** True for a path whose change matters. */
  matters(path: string): boolean;
}

/** What the units of this source are made from beside their manifests. */
export interface Referenced {
  /** Files, from the root. */
  files: ReadonlySet<string>;
  /** Folders whose every file counts (a site), with all folders below them. */
  folders: ReadonlySet<string>;
}

/**
 * A folder is watched when
 * - a manifest or a referenced file lies in it or anywhere below it, or
 * - it holds nothing yet but folders, and the folder above it is watched: somebody has just made it for a manifest.
 * A folder with other files and no manifest is data of some program: neither it nor anything below it is watched, for
 * a database writes there every second. A manifest put into one of those is found by the next pass.
 */
export function watchSet(walk: Walk, { referenced, isManifest }: WatchSetOptions): WatchSet {
  const folders = new Set(['', ...referenced.folders]);
  for (const { path, manifests } of walk.folders.values()) {
    if (manifests.length > 0) addWithParents(folders, path);
  }
  for (const file of [...referenced.files, ...referenced.folders]) addWithParents(folders, parentOf(file));
  // Parents come before their children in a walk.
  for (const { path, hasOthers } of walk.folders.values()) {
    if (!hasOthers && folders.has(parentOf(path))) folders.add(path);
  }
  const matters = (path: string) =>
    referenced.files.has(path) ||
    folders.has(path) ||
    (isManifest(path) && folders.has(parentOf(path))) ||
    isBelowAny(path, referenced.folders);
  return { folders, matters };
}

interface WatchSetOptions {
  referenced: Referenced;
  isManifest(path: string): boolean;
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function addWithParents(folders: Set<string>, path: string): void {
  for (let one = path; one !== ''; one = parentOf(one)) folders.add(one);
}

function isBelowAny(path: string, folders: ReadonlySet<string>): boolean {
  for (let one = path; one !== ''; one = parentOf(one)) if (folders.has(one)) return true;
  return false;
}
