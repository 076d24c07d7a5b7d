// Remembers folders that held manifests and can no longer be listed, so that their workloads are not taken for removed.
import { printable } from '../../core/source-file.ts';
import type { SourceFile } from '../../model/source.ts';
import { maxEntries } from './folder.ts';
import { refusedFile } from './read-file.ts';
import type { Walk } from './walk.ts';

export interface HeldFolders {
  /** One refused entry for each such folder, the same object as long as it stays so. `known` are paths of before. */
  refusals(walk: Walk, known: Iterable<string>): SourceFile[];
}

export function createHeldFolders(): HeldFolders {
  let held = new Map<string, SourceFile>();
  return {
    refusals(walk, known) {
      const paths = [...known];
      const now = new Map<string, SourceFile>();
      for (const { path, why, code } of walk.passedOver) {
        const before = held.get(path);
        if (before !== undefined) now.set(path, before);
        else if (paths.some((one) => one.startsWith(`${path}/`))) now.set(path, refuse(path, { why, code }));
      }
      if (walk.cut) now.set('.', held.get('.') ?? tooManyFolders());
      held = now;
      return [...now.values()];
    },
  };
}

function refuse(path: string, { why, code }: { why: string; code: string }): SourceFile {
  const shown = printable(path);
  const denied = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code;
  return why === 'huge'
    ? refusedFile(path, {
        reason: 'FolderTooLarge',
        message: `The folder ${shown} has more than ${maxEntries} entries now, so its manifests are not read.`,
        hint: 'Move what is not a manifest into a folder beginning with _.',
      })
    : refusedFile(path, {
        reason: 'FolderUnreadable',
        message: `The folder ${shown} cannot be read any more: ${denied}.`,
        hint: 'Give the controller the right to read it.',
      });
}

function tooManyFolders(): SourceFile {
  return refusedFile('.', {
    reason: 'TooManyFolders',
    message: 'There are more folders than are looked at, so manifests deep down may be missed.',
    hint: 'Move data into folders beginning with _, or name a folder further down as the source.',
  });
}
