// Reads a tree of few, plain files whole. Whatever is not plain about one is git's to write, or to refuse.
import type { ObjectReader } from './object-reader.ts';

export interface TreeFile {
  /** Below the tree, with slashes; each part of it is a plain name. */
  path: string;
  isExecutable: boolean;
  bytes: Buffer;
}

const MOST_FILES = 500;
const MOST_FOLDERS = 200;
const MOST_BYTES = 4_000_000;
/** Neither `.git` in any of its spellings, nor a step up, nor anything that a file system may read in another way. */
const PLAIN_NAME = /^(?!\.{1,2}$)(?!\.git$)[a-z0-9._-]{1,200}$/i;
const FOLDER = '40000';

interface Entry {
  mode: string;
  path: string;
  id: string;
}

/** Null where there is anything in it but regular files with plain names, or more than is worth reading here. */
export async function readSmallTree(reader: ObjectReader, tree: string): Promise<TreeFile[] | null> {
  const files: Entry[] = [];
  let folders = 0;
  let level: Entry[] = [{ mode: FOLDER, path: '', id: tree }];
  while (level.length > 0) {
    folders += level.length;
    if (folders > MOST_FOLDERS) return null;
    const trees = await small(
      reader,
      level.map(({ id }) => id),
    );
    if (trees === null) return null;
    const below: Entry[] = [];
    for (const [index, bytes] of trees.entries()) {
      const entries = readEntries(bytes.bytes, {
        below: level[index]?.path ?? '',
        idBytes: bytes.id.length / 2,
      });
      if (bytes.type !== 'tree' || entries === null) return null;
      for (const entry of entries) (entry.mode === FOLDER ? below : files).push(entry);
    }
    if (files.length > MOST_FILES) return null;
    level = below;
  }
  const blobs = await small(
    reader,
    files.map(({ id }) => id),
  );
  if (blobs === null || blobs.some(({ type }) => type !== 'blob')) return null;
  return files.map(({ path, mode }, index) => ({
    path,
    isExecutable: mode === '100755',
    bytes: blobs[index]?.bytes ?? Buffer.alloc(0),
  }));
}

/** All of these objects, where they are there and not large together. */
async function small(reader: ObjectReader, names: readonly string[]) {
  if (names.length === 0) return [];
  const facts = await reader.info(names);
  const bytes = facts.reduce((sum, one) => sum + (one?.size ?? Number.POSITIVE_INFINITY), 0);
  if (bytes > MOST_BYTES) return null;
  const found = await reader.contents(names);
  return found.every((one) => one !== null) ? found : null;
}

/** `MODE NAME`, a zero byte and the bytes of the id, again and again (gitformat: tree objects). Null where one is not plain. */
function readEntries(tree: Buffer, { below, idBytes }: { below: string; idBytes: number }): Entry[] | null {
  const entries: Entry[] = [];
  for (let at = 0; at < tree.length; ) {
    const end = tree.indexOf(0, at);
    if (end < 0 || end + idBytes >= tree.length) return null;
    const [, mode, name] = /^(40000|100644|100755) ([ -~]+)$/.exec(tree.toString('latin1', at, end)) ?? [];
    if (mode === undefined || name === undefined || !PLAIN_NAME.test(name)) return null;
    const id = tree.toString('hex', end + 1, end + 1 + idBytes);
    entries.push({ mode, path: below === '' ? name : `${below}/${name}`, id });
    at = end + 1 + idBytes;
  }
  return entries;
}
