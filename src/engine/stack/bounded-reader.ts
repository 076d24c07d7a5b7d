// Reads the files of one stack within a budget, and tells what cannot be had at the place that asked for it.
import type { ComposeFile } from '../../core/compose-reading.ts';
import { problem } from '../../core/problem.ts';
import { isFault } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { Tree } from '../../ports/tree.ts';

export interface Reading {
  files: Map<string, string>;
  /** Stamps of what was read; `missing` for what is not there. */
  stamps: Map<string, string>;
  composeFiles: ComposeFile[];
  /** Env files of includes: read for interpolation, so their names are judged as those of `.env` are. */
  includeEnv: Map<string, string>;
  problems: Problem[];
  missing: Map<string, Problem>;
  referenced: Set<string>;
}

/** Who wants a file: where it is written, and how a fault is told there. */
export interface Ask {
  place: Partial<Problem>;
  mayBeMissing: boolean;
  say: (why: string) => string;
}

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_STACK_BYTES = 5 * 1024 * 1024;
const MAX_FILES = 200;

/** Problems go into the reading. Throws only for a disk that fails for a moment (a fault to retry). */
export function createBoundedReader(tree: Tree, root: string, reading: Reading) {
  let bytes = 0;

  function refuse(error: unknown, ask: Ask): void {
    if (!isFault(error) || error.disposition === 'retry') throw error;
    const { reason, hint } = error;
    reading.problems.push(problem({ reason, message: ask.say(error.message), hint, ...ask.place }));
  }

  return {
    /** The text, or null where it cannot be had. */
    async text(path: string, ask: Ask): Promise<string | null> {
      reading.referenced.add(path);
      if (bytes > MAX_STACK_BYTES || reading.stamps.size > MAX_FILES) return null;
      try {
        const read = await tree.readText({ root, path, maxBytes: MAX_FILE_BYTES });
        if (!reading.stamps.has(path)) bytes += read.text.length;
        reading.stamps.set(path, read.stamp);
        if (bytes <= MAX_STACK_BYTES && reading.stamps.size <= MAX_FILES) return read.text;
        reading.problems.push(problem({ ...TOO_MUCH, ...ask.place }));
      } catch (error) {
        const isMissing = isFault(error) && error.reason === 'FileMissing';
        if (isMissing) reading.stamps.set(path, 'missing');
        if (!isMissing || !ask.mayBeMissing) refuse(error, ask);
      }
      return null;
    },

    /** Looks at a file that containers are given and we need not read. */
    async settle(path: string, ask: Ask): Promise<void> {
      reading.referenced.add(path);
      try {
        const { type } = await tree.look({ root, path });
        if (type === 'missing')
          reading.missing.set(
            path,
            problem({ ...MISSING, message: ask.say('it does not exist.'), ...ask.place }),
          );
        if (type === 'directory')
          reading.problems.push(problem({ ...FOLDER, message: ask.say('it is a folder.'), ...ask.place }));
      } catch (error) {
        refuse(error, ask);
      }
    },
  };
}

const MISSING = { reason: 'FileMissing', hint: 'Add the file, or correct the path.' };
const FOLDER = { reason: 'NotARegularFile', hint: 'Name a file.' };
const TOO_MUCH = {
  reason: 'StackTooLarge',
  message: 'The files of this stack are more than 200, or more than 5 MiB together.',
  hint: 'Split the stack, or take large files out of include, extends and env_file.',
};
