// Walks a directory from its root down, level by level, with what it knows from the last time.
import { type Folder, type FolderLook, lookAtFolder } from './folder.ts';
import { inBatches } from './stat-key.ts';

/** What is shallow is found first, so a deep or broad tree of data costs nobody their manifests. */
const MAX_DEPTH = 16;
const MAX_FOLDERS = 5_000;

export interface Walk {
  /** The root without links, to which every file must belong. */
  realRoot: string;
  folders: ReadonlyMap<string, Folder>;
  /** Folders that are there and were not listed. */
  passedOver: readonly Extract<FolderLook, { ok: false }>[];
}

/** Throws an ErrnoException when the root itself cannot be listed. */
export async function walk(
  realRoot: string,
  {
    before,
    nowMs,
    maxDepth = MAX_DEPTH,
  }: { before: ReadonlyMap<string, Folder>; nowMs: number; maxDepth?: number },
): Promise<Walk> {
  const folders = new Map<string, Folder>();
  const passedOver: Extract<FolderLook, { ok: false }>[] = [];
  let level = [''];
  for (let depth = 0; depth <= maxDepth && level.length > 0; depth += 1) {
    const room = MAX_FOLDERS - folders.size;
    const looks = await inBatches(level.slice(0, room), (path) =>
      lookAtFolder(realRoot, { path, before: before.get(path), nowMs }),
    );
    level = [];
    for (const look of looks) {
      if (look.ok) {
        folders.set(look.folder.path, look.folder);
        for (const name of look.folder.folders) level.push(below(look.folder.path, name));
      } else if (look.path === '') throw rootFailed(look);
      else if (look.why !== 'gone') passedOver.push(look);
    }
  }
  return { realRoot, folders, passedOver };
}

/** True when both saw the same: folders that did not change are the same objects. */
export function isSameWalk(before: Walk | null, now: Walk): boolean {
  if (before === null || before.realRoot !== now.realRoot || before.folders.size !== now.folders.size)
    return false;
  for (const [path, folder] of now.folders) if (before.folders.get(path) !== folder) return false;
  return true;
}

/** Joins a name to a path from the root. */
export function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function rootFailed({ why, code }: { why: string; code: string }): NodeJS.ErrnoException {
  return Object.assign(new Error(`The root is ${why}.`), { code: code === '' ? 'ETOOLARGE' : code });
}
