// Reads all files of a stack ourselves, through include and extends, before any child sees one of them.

import { composeText } from '../../core/compose-emit.ts';
import type { ComposeNode } from '../../core/compose-node.ts';
import { folderOf } from '../../core/compose-path.ts';
import {
  type ComposeFile,
  judgeReference,
  literalBinds,
  placed,
  readComposeFile,
} from '../../core/compose-reading.ts';
import type { ComposeInclude, ComposeReference } from '../../core/compose-references.ts';
import { problem } from '../../core/problem.ts';
import type { DesiredStack } from '../../model/desired.ts';
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

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_STACK_BYTES = 5 * 1024 * 1024;
const MAX_FILES = 200;

/** Never throws for what people wrote; a disk that fails for a moment does (a fault to retry). */
export async function readStackFiles(
  tree: Tree,
  desired: Pick<DesiredStack, 'root' | 'compose' | 'place'>,
): Promise<Reading> {
  const { root } = desired;
  const reading: Reading = {
    files: new Map(),
    stamps: new Map(),
    composeFiles: [],
    includeEnv: new Map(),
    problems: [],
    missing: new Map(),
    referenced: new Set(),
  };
  const visited = new Set<string>();
  const replaced = new Map<ComposeNode, string>();
  let bytes = 0;

  const asked = (path: string): ComposeFile | null =>
    reading.composeFiles.find((file) => file.file === path) ?? null;

  /** Null where it cannot be had; why is among the problems then, said of the place that asked for it. */
  async function text(path: string, ask: Ask): Promise<string | null> {
    reading.referenced.add(path);
    if (bytes > MAX_STACK_BYTES || reading.stamps.size > MAX_FILES) return null;
    try {
      const read = await tree.readText({ root, path, maxBytes: MAX_FILE_BYTES });
      if (!reading.stamps.has(path)) bytes += read.text.length;
      reading.stamps.set(path, read.stamp);
      if (bytes <= MAX_STACK_BYTES && reading.stamps.size <= MAX_FILES) return read.text;
      reading.problems.push(problem({ ...TOO_MUCH, ...ask.place }));
    } catch (error) {
      if (!isFault(error) || error.disposition === 'retry') throw error;
      if (error.reason === 'FileMissing') reading.stamps.set(path, 'missing');
      if (error.reason !== 'FileMissing' || !ask.mayBeMissing) {
        reading.problems.push(
          problem({ reason: error.reason, message: ask.say(error.message), hint: error.hint, ...ask.place }),
        );
      }
    }
    return null;
  }

  async function compose(path: string, base: string, ask: Ask): Promise<void> {
    if (visited.has(`${path}\0${base}`)) return;
    visited.add(`${path}\0${base}`);
    let file = asked(path);
    if (file === null) {
      const content = await text(path, ask);
      if (content === null) return;
      file = readComposeFile(path, content);
      reading.composeFiles.push(file);
      reading.problems.push(...file.problems);
    }
    for (const bind of literalBinds(file, base)) reading.referenced.add(bind);
    for (const { includes, extended, others } of file.references) {
      for (const include of includes) await included(file, include, base);
      for (const reference of extended) {
        const target = judged(file, reference, base);
        if (target !== null) await compose(target, folderOf(target), askedBy(file, reference));
      }
      for (const reference of others) await other(file, reference, base);
    }
    reading.files.set(path, composeText(file.documents, replaced));
  }

  async function included(from: ComposeFile, include: ComposeInclude, base: string): Promise<void> {
    const files = include.files.flatMap((reference) => {
      const path = judged(from, reference, base);
      return path === null ? [] : [{ reference, path }];
    });
    const folder = include.projectDirectory === null ? null : judged(from, include.projectDirectory, base);
    const directory = folder ?? folderOf(files[0]?.path ?? '');
    for (const { reference, path } of files) await compose(path, directory, askedBy(from, reference));
    for (const reference of include.envFiles) {
      const path = judged(from, reference, base);
      if (path !== null) await includeEnv(path, askedBy(from, reference));
    }
    // Compose reads `.env` of an included project by itself, whatever it is told about ours.
    const first = files[0];
    if (include.envFiles.length === 0 && first !== undefined) {
      const path = directory === '' ? '.env' : `${directory}/.env`;
      await includeEnv(path, { ...askedBy(from, first.reference), mayBeMissing: true });
    }
  }

  async function includeEnv(path: string, ask: Ask): Promise<void> {
    const content = await text(path, ask);
    if (content === null) return;
    reading.includeEnv.set(path, content);
    reading.files.set(path, content);
  }

  async function other(from: ComposeFile, reference: ComposeReference, base: string): Promise<void> {
    const path = judged(from, reference, base);
    if (path === null || reference.use === 'never' || reference.use === 'folder') return;
    const ask = askedBy(from, reference);
    if (reference.use === 'env') {
      const content = await text(path, ask);
      if (content !== null) reading.files.set(path, content);
      return;
    }
    reading.referenced.add(path);
    try {
      const { type } = await tree.look({ root, path });
      if (type === 'file') return;
      const words =
        type === 'missing'
          ? {
              reason: 'FileMissing',
              message: ask.say('it does not exist.'),
              hint: 'Add the file, or correct the path.',
            }
          : { reason: 'NotARegularFile', message: ask.say('it is a folder.'), hint: 'Name a file.' };
      const found = placed(from, reference, words);
      if (type === 'missing') reading.missing.set(path, found);
      else reading.problems.push(found);
    } catch (error) {
      if (!isFault(error) || error.disposition === 'retry') throw error;
      reading.problems.push(
        placed(from, reference, { reason: error.reason, message: ask.say(error.message), hint: error.hint }),
      );
    }
  }

  function judged(from: ComposeFile, reference: ComposeReference, base: string): string | null {
    const { path, problem: found } = judgeReference(from, reference, base);
    if (found !== null) reading.problems.push(found);
    else replaced.set(reference.node, dotted(reference));
    return path;
  }

  const [first = ''] = desired.compose;
  const { file, line, column } = desired.place;
  const byManifest: Ask = { place: { file, line, column }, mayBeMissing: false, say: (why) => why };
  for (const path of desired.compose) await compose(path, folderOf(first), byManifest);
  return reading;
}

/** Who wants a file: where it is written, and how a fault is told there. */
interface Ask {
  place: Partial<Problem>;
  mayBeMissing: boolean;
  say: (why: string) => string;
}

function askedBy(from: ComposeFile, reference: ComposeReference): Ask {
  return {
    place: { file: from.file, path: reference.at, ...from.placeOf(reference.node.offset) },
    mayBeMissing: reference.mayBeMissing,
    say: (why) => `${reference.at}: ${why}`,
  };
}

/** With a dot in front no version of Compose takes a path for an address. */
function dotted({ node, prefix }: ComposeReference): string {
  const path = node.text.slice(prefix.length);
  return prefix + (/^\.\.?(?:\/|$)/.test(path) ? path : `./${path}`);
}

const TOO_MUCH = {
  reason: 'StackTooLarge',
  message: 'The files of this stack are more than 200, or more than 5 MiB together.',
  hint: 'Split the stack, or take large files out of include, extends and env_file.',
};
