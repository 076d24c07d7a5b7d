// Replaces one file of a directory as a whole, and only while it is still what the change was made from.

import { decodeExactText, maxSourceFileBytes } from '../../core/source-file.ts';
import { unifiedDiff } from '../../core/unified-diff.ts';
import type { DirectorySourceConfig } from '../../model/config.ts';
import { isFault } from '../../model/errors.ts';
import type { OpenFolder } from '../../ports/folder.ts';
import type { Tree } from '../../ports/tree.ts';
import type { WriteBack, WriteRefusal, WriteRequest, Written } from '../../ports/write-back.ts';

export interface DirectoryWriteBackDeps {
  config: DirectorySourceConfig;
  tree: Pick<Tree, 'readBytes' | 'look'>;
  openFolder: OpenFolder;
}

const MOST_TRIES = 4;
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

export function createDirectoryWriteBack({ config, tree, openFolder }: DirectoryWriteBackDeps): WriteBack {
  const { name: source, directory: root, writeBack: mode } = config;
  const folder = openFolder(root, { mode: FOLDER_MODE, survives: 'power-cut' });
  /** One after the other: two of ours would be made from the same text. */
  let turn: Promise<unknown> = Promise.resolve();

  async function writeNow(request: WriteRequest): Promise<Written> {
    for (let tries = 1; ; tries += 1) {
      request.signal.throwIfAborted();
      let patch: string | null = null;
      try {
        const result = await writeOnce(request, (made) => {
          patch = made;
        });
        return result;
      } catch (error) {
        if (!isFault(error)) throw error;
        // Somebody saved it in between: the change is made again in what they wrote.
        if (error.disposition !== 'conflict' || tries === MOST_TRIES) return refused(error, patch);
      }
    }
  }

  async function writeOnce(
    { change, signal }: WriteRequest,
    tell: (patch: string) => void,
  ): Promise<Written> {
    // Writing makes the folders on the way; a disk that is not mounted is not made.
    if ((await tree.look({ root, path: '' })).type !== 'directory') return refused(away(root), null);
    const before = await read(change.file);
    signal.throwIfAborted();
    if (before !== null && before.text === null) return refused(notText(change.file), null);
    const text = before?.text ?? null;
    const result = change.apply(text);
    if (!result.ok) return refused(result.refusal, null);
    if (result.text === text) return { type: 'unchanged' };
    const patch = unifiedDiff(change.file, { before: text, after: result.text });
    tell(patch);
    if (mode === 'off') return refused(off(source), patch);
    if (result.text === null) await folder.remove(change.file, { replaces: before?.stamp ?? null });
    else {
      const replaces = before?.stamp ?? null;
      await folder.write({
        path: change.file,
        content: result.text,
        mode: before?.mode ?? FILE_MODE,
        replaces,
      });
    }
    return { type: 'written', commit: null, branch: null, takesEffect: true, patch };
  }

  async function read(path: string): Promise<{ text: string | null; stamp: string; mode: number } | null> {
    try {
      const {
        bytes,
        stamp,
        mode: permissions,
      } = await tree.readBytes({ root, path, maxBytes: maxSourceFileBytes });
      return { text: decodeExactText(bytes), stamp, mode: permissions };
    } catch (error) {
      if (isFault(error) && error.reason === 'FileMissing') return null;
      throw error;
    }
  }

  return {
    source,
    mode,
    write(request) {
      const result = turn.then(() => writeNow(request));
      turn = result.catch(() => undefined);
      return result;
    },
  };
}

function refused({ reason, message, hint }: WriteRefusal, patch: string | null): Written {
  return { type: 'refused', refusal: { reason, message, hint }, patch };
}

function off(source: string): WriteRefusal {
  return {
    reason: 'WriteBackOff',
    message: `Nothing is written to ${source}: its \`write_back\` is off.`,
    hint: 'Apply the patch yourself, or set `write_back: commit`.',
  };
}

function away(root: string): WriteRefusal {
  return {
    reason: 'SourceAway',
    message: `The directory ${root} is not there.`,
    hint: 'Make or mount it, then ask again.',
  };
}

function notText(file: string): WriteRefusal {
  return {
    reason: 'NotUtf8',
    message: `${file} is not UTF-8, so it is not edited.`,
    hint: 'Save it as UTF-8.',
  };
}
