// Lists one folder: what may be a manifest, what may hold more of them, and whether anything else lies there.
import { type Dirent, lstatSync } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { isManifestName, isPassedOver } from '../../core/source-file.ts';
import { changedMs, statKey } from './stat-key.ts';

/** More entries than this are data, not manifests. */
export const maxEntries = 2_000;

/** File systems count time in steps, some in seconds: what changed just before it was read may change again unseen. */
export const racyMs = 2_000;

export interface Folder {
  /** From the root, forward slashes; '' for the root. */
  path: string;
  key: string;
  changedMs: number;
  /** Too young when it was listed to believe `key` alone the next time. */
  racy: boolean;
  /** Names that may be manifests. */
  manifests: readonly string[];
  /** Names of folders that are not passed over. */
  folders: readonly string[];
  /** True where something lies that is neither: files of a program, a database, a site. */
  hasOthers: boolean;
}

export type FolderLook =
  | { ok: true; folder: Folder }
  /** `gone`: not there any more. `unreadable` and `huge`: there, but passed over. */
  | { ok: false; path: string; why: 'gone' | 'unreadable' | 'huge'; code: string };

/** Lists a folder, or gives `before` again when it has not changed. Never follows a link. */
export function lookAtFolder(
  root: string,
  { path, before, nowMs }: { path: string; before: Folder | undefined; nowMs: number },
): FolderLook | Promise<FolderLook> {
  const absolute = path === '' ? root : join(root, path);
  try {
    const stats = lstatSync(absolute, { bigint: true });
    if (!stats.isDirectory()) return { ok: false, path, why: 'gone', code: 'ENOTDIR' };
    const key = statKey(stats);
    if (before !== undefined && before.key === key && !before.racy) return { ok: true, folder: before };
    const changed = changedMs(stats);
    const seen = { path, key, changedMs: changed, racy: changed > nowMs - racyMs };
    return list(absolute).then(
      (listed) =>
        listed === null
          ? { ok: false, path, why: 'huge', code: '' }
          : { ok: true, folder: { ...seen, ...listed } },
      (error: unknown) => failed(path, error),
    );
  } catch (error) {
    return failed(path, error);
  }
}

function failed(path: string, error: unknown): FolderLook {
  const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
  return { ok: false, path, why: code === 'ENOENT' || code === 'ENOTDIR' ? 'gone' : 'unreadable', code };
}

async function list(absolute: string): Promise<Pick<Folder, 'manifests' | 'folders' | 'hasOthers'> | null> {
  const manifests: string[] = [];
  const folders: string[] = [];
  let hasOthers = false;
  let entries = 0;
  const directory = await opendir(absolute, { bufferSize: 256 });
  // Leaving the loop closes it.
  for await (const entry of directory) {
    entries += 1;
    if (entries > maxEntries) return null;
    if (await isFolder(absolute, entry)) {
      if (!isPassedOver(entry.name)) folders.push(entry.name);
    } else if (isManifestName(entry.name)) manifests.push(entry.name);
    else if (!entry.name.startsWith('.')) hasOthers = true;
  }
  return { manifests: manifests.sort(), folders: folders.sort(), hasOthers };
}

/** Some file systems do not say in a listing what an entry is. */
async function isFolder(absolute: string, entry: Dirent): Promise<boolean> {
  if (entry.isDirectory()) return true;
  if (entry.isFile() || entry.isSymbolicLink() || entry.isFIFO() || entry.isSocket()) return false;
  if (entry.isBlockDevice() || entry.isCharacterDevice()) return false;
  return await lstat(join(absolute, entry.name)).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
