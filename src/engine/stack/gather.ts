// Reads all files of a stack ourselves, through include and extends, before any child sees one of them.

import { composeText } from '../../core/compose-emit.ts';
import type { ComposeNode } from '../../core/compose-node.ts';
import { folderOf } from '../../core/compose-path.ts';
import { type ComposeFile, judgeReference, readComposeFile } from '../../core/compose-reading.ts';
import type { ComposeInclude, ComposeReference, ReferenceUse } from '../../core/compose-references.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { Tree } from '../../ports/tree.ts';
import { type Ask, createBoundedReader, type Reading } from './bounded-reader.ts';

const FORM_ONLY: ReadonlySet<ReferenceUse> = new Set(['never', 'folder', 'build']);

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
  const { text, settle } = createBoundedReader(tree, root, reading);

  const asked = (path: string): ComposeFile | null =>
    reading.composeFiles.find((file) => file.file === path) ?? null;

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
    if (path === null || FORM_ONLY.has(reference.use)) return;
    const ask = askedBy(from, reference);
    if (reference.use === 'env') {
      const content = await text(path, ask);
      if (content !== null) reading.files.set(path, content);
      return;
    }
    await settle(path, ask);
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
