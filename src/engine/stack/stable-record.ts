// The list of what we wrote into a stack's stable folder: it tells which file a commit removed, and which one is ours.
import { isFault } from '../../model/errors.ts';
import type { Folder } from '../../ports/folder.ts';
import type { Tree } from '../../ports/tree.ts';

export interface StableFile {
  /** SHA-256 of the content. */
  hash: string;
  mode: number;
}

/** By path below the stable folder; the stamp is that of our own file there, '' until it is written. */
export type Written = Record<string, WrittenFile>;

export interface WrittenFile extends StableFile {
  stamp: string;
  /** What was there before, while the new content is about to be written: after a crash either may be there. */
  before?: string;
}

const MAX_RECORD_BYTES = 4 * 1024 * 1024;

export function recordName(unit: string): string {
  return `${unit}.files.json`;
}

export async function readRecord(tree: Tree, control: Folder, unit: string): Promise<Written> {
  try {
    const { text } = await tree.readText({
      root: control.root,
      path: recordName(unit),
      maxBytes: MAX_RECORD_BYTES,
    });
    const record: unknown = JSON.parse(text);
    return typeof record === 'object' && record !== null ? ((record as { files?: Written }).files ?? {}) : {};
  } catch (error) {
    if (isFault(error) && error.disposition === 'retry') throw error;
    // Without a record everything is written once more, and nothing is removed.
    return {};
  }
}

export async function saveRecord(control: Folder, unit: string, files: Written): Promise<void> {
  await control.write({
    path: recordName(unit),
    content: `${JSON.stringify({ version: 1, files })}\n`,
    mode: 0o600,
  });
}
