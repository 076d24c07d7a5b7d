// Keeps files that were there and can no longer be seen from being taken for removed.
import { printable, tooManyFiles } from '../../core/source-file.ts';
import type { SourceFile } from '../../model/source.ts';
import { maxEntries } from './folder.ts';
import { refusedFile } from './read-file.ts';
import { below, type Walk } from './walk.ts';
import { parentOf } from './watch-set.ts';

type Refusal = NonNullable<SourceFile['refused']>;

export interface HeldFiles {
  /**
   * One refused entry for each file of before that is not among `current` and not seen to be gone, the same object as
   * long as it stays so. `before` are the paths of the reading before this one.
   */
  missing(
    walk: Walk,
    paths: { before: Iterable<string>; current: ReadonlyMap<string, unknown> },
  ): SourceFile[];
}

export function createHeldFiles(): HeldFiles {
  let held = new Map<string, SourceFile>();
  return {
    missing(walk, { before, current }) {
      const now = new Map<string, SourceFile>();
      for (const path of [...held.keys(), ...before]) {
        if (current.has(path) || now.has(path)) continue;
        const why = whyUnseen(walk, path);
        if (why === null) continue;
        const kept = held.get(path);
        now.set(path, kept?.refused?.reason === why.reason ? kept : refusedFile(path, why));
      }
      held = now;
      return [...now.values()];
    },
  };
}

/** Null when the file is gone: a folder that could be listed does not have it, or not the folder on the way to it. */
function whyUnseen({ folders, passedOver }: Walk, path: string): Refusal | null {
  let child = path;
  let folder = parentOf(path);
  while (folder !== '' && !folders.has(folder)) {
    child = folder;
    folder = parentOf(folder);
  }
  const listed = folders.get(folder);
  if (listed === undefined) return null;
  if (child === path)
    return listed.manifests.some((name) => below(folder, name) === path) ? tooManyFiles(path) : null;
  if (!listed.folders.some((name) => below(folder, name) === child)) return null;
  const passed = passedOver.find((one) => one.path === child);
  const shown = printable(child);
  if (passed?.why === 'huge') return folderTooLarge(shown);
  return passed === undefined ? tooManyFolders(shown) : folderUnreadable(shown, passed.code);
}

function folderTooLarge(folder: string): Refusal {
  return {
    reason: 'FolderTooLarge',
    message: `The folder ${folder} has more than ${maxEntries} entries now, so its manifests are not read.`,
    hint: 'Move what is not a manifest into a folder beginning with _.',
  };
}

function folderUnreadable(folder: string, code: string): Refusal {
  const why = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code;
  return {
    reason: 'FolderUnreadable',
    message: `The folder ${folder} cannot be read any more: ${why}.`,
    hint: 'Give the controller the right to read it.',
  };
}

function tooManyFolders(folder: string): Refusal {
  return {
    reason: 'TooManyFolders',
    message: `The folder ${folder} is not looked into any more: there are too many folders, or it lies too deep.`,
    hint: 'Move data into folders beginning with _, or name a folder further down as the source.',
  };
}
