// The files of a git stack in its stable folder: what a commit brought, healed, and what it took away, removed.
import { createHash } from 'node:crypto';
import { shortHash } from '../../core/canonical.ts';
import { insideOf } from '../../core/compose-relocate.ts';
import type { DesiredStack } from '../../model/desired.ts';
import { isFault } from '../../model/errors.ts';
import type { Folder } from '../../ports/folder.ts';
import type { Tree } from '../../ports/tree.ts';
import { type Layout, stablePath } from './layout.ts';
import type { StackDeps } from './types.ts';

export interface StableFile {
  /** SHA-256 of the content. */
  hash: string;
  mode: number;
}

/** What we wrote, by path below the stable folder; the stamp is that of our own file there, '' until it is written. */
type Written = Record<string, StableFile & { stamp: string }>;

interface Wanted extends StableFile {
  /** From the source's root. */
  source: string;
}

export interface StableFiles {
  /** A hash of what is to be done, or null when all is as it should be. */
  pending(desired: DesiredStack, layout: Layout, uses: Uses): Promise<string | null>;
  write(desired: DesiredStack, layout: Layout, uses: Uses): Promise<void>;
  forget(unit: string): Promise<void>;
}

/** Paths from the source's root, as the resolved model has them. */
export interface Uses {
  used: readonly string[];
  writable: readonly string[];
}

const LIMITS = { maxFiles: 2_000, maxBytes: 64 * 1024 * 1024 };
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

export function createStableFiles(
  deps: Pick<StackDeps, 'tree' | 'openFolder' | 'dataDirectory'>,
): StableFiles {
  const { tree, openFolder, dataDirectory } = deps;
  const control = openFolder(`${dataDirectory}/control/stacks`, { mode: 0o700 });
  /** A checkout never changes, so its files are hashed once. */
  const wantedCache = new Map<string, { key: string; wanted: Map<string, Wanted> }>();

  async function wantedFiles(
    desired: DesiredStack,
    layout: Layout,
    { used }: Uses,
  ): Promise<Map<string, Wanted>> {
    const key = JSON.stringify([desired.root, desired.revision, layout.folder, used]);
    const known = wantedCache.get(desired.unit);
    if (known?.key === key) return known.wanted;
    const wanted = new Map<string, Wanted>();
    const aside = used.filter((path) => layout.folder !== '' && insideOf(layout.folder, path) === null);
    for (const path of [layout.folder, ...aside]) {
      for (const file of await filesAt(tree, desired.root, path)) {
        wanted.set(stablePath(layout.folder, file.source), file);
      }
    }
    wantedCache.set(desired.unit, { key, wanted });
    return wanted;
  }

  async function difference(desired: DesiredStack, layout: Layout, uses: Uses) {
    const wanted = await wantedFiles(desired, layout, uses);
    const written = await readRecord(tree, control, desired.name);
    const isWritable = (source: string) => uses.writable.some((folder) => insideOf(folder, source) !== null);
    const writes: [string, Wanted][] = [];
    for (const [path, file] of wanted) {
      const before = written[path];
      const same = before !== undefined && before.hash === file.hash && before.mode === file.mode;
      // A workload may change what it may write to: that is its data then, until a commit brings another content.
      if (same && before.stamp !== '' && isWritable(file.source)) continue;
      if (!same || before.stamp === '' || (await stampAt(path, layout)) !== before.stamp)
        writes.push([path, file]);
    }
    const removes = Object.keys(written).filter((path) => !wanted.has(path));
    return { wanted, written, writes, removes };
  }

  async function stampAt(path: string, layout: Layout): Promise<string | null> {
    try {
      const { type, stamp } = await tree.look({ root: layout.projectDirectory, path });
      return type === 'file' ? stamp : null;
    } catch (error) {
      if (isFault(error) && error.disposition !== 'retry') return null;
      throw error;
    }
  }

  return {
    async pending(desired, layout, uses) {
      const { writes, removes } = await difference(desired, layout, uses);
      if (writes.length === 0 && removes.length === 0) return null;
      return shortHash({ writes: writes.map(([path, { hash, mode }]) => [path, hash, mode]), removes });
    },
    async write(desired, layout, uses) {
      const { wanted, written, writes, removes } = await difference(desired, layout, uses);
      if (writes.length === 0 && removes.length === 0) return;
      const folder = openFolder(layout.projectDirectory, { mode: 0o755 });
      // What is about to be written is recorded first: after a crash in between, it is known as ours and written again.
      const record: Written = { ...written };
      for (const [path, { hash, mode }] of writes) record[path] = { hash, mode, stamp: '' };
      await saveRecord(control, desired.name, record);
      for (const [path, file] of writes) {
        const { hash, mode, source } = file;
        const { bytes } = await tree.readBytes({
          root: desired.root,
          path: source,
          maxBytes: LIMITS.maxBytes,
        });
        const stamp =
          (await unchangedAt(path, file, layout)) ?? (await folder.write({ path, content: bytes, mode }));
        record[path] = { hash, mode, stamp };
      }
      for (const path of removes) {
        if (await isAsWritten(path, record[path], layout)) await folder.remove(path);
        delete record[path];
      }
      await saveRecord(control, desired.name, record);
      wantedCache.set(desired.unit, { key: wantedCache.get(desired.unit)?.key ?? '', wanted });
    },
    async forget(unit) {
      wantedCache.delete(unit);
      await control.remove(recordName(unit));
    },
  };

  /** The stamp, where the very content is there already: writing it again would give it another inode for nothing. */
  async function unchangedAt(path: string, file: StableFile, layout: Layout): Promise<string | null> {
    const there = await readThere(path, layout);
    const isSame = there !== null && there.hash === file.hash && (there.mode & 0o777) === file.mode;
    return isSame ? there.stamp : null;
  }

  /** Somebody's changes to a file are theirs to lose, not ours to delete. */
  async function isAsWritten(path: string, before: StableFile | undefined, layout: Layout): Promise<boolean> {
    const there = await readThere(path, layout);
    return there !== null && there.hash === before?.hash;
  }

  async function readThere(path: string, layout: Layout) {
    try {
      const read = await tree.readBytes({ root: layout.projectDirectory, path, maxBytes: LIMITS.maxBytes });
      return { hash: sha256(read.bytes), mode: read.mode, stamp: read.stamp };
    } catch (error) {
      if (isFault(error) && error.disposition !== 'retry') return null;
      throw error;
    }
  }
}

async function filesAt(tree: Tree, root: string, path: string): Promise<Wanted[]> {
  const { type } = await tree.look({ root, path });
  if (type === 'missing') return [];
  const sources =
    type === 'file'
      ? [path]
      : (await tree.list({ root, path, ...LIMITS }))
          .filter((entry) => entry.type === 'file')
          .map((entry) => (path === '' ? entry.path : `${path}/${entry.path}`));
  const files: Wanted[] = [];
  for (const source of sources) {
    const { bytes, mode } = await tree.readBytes({ root, path: source, maxBytes: LIMITS.maxBytes });
    // Git knows two modes; the rest is the umask of whoever made the checkout.
    files.push({ source, hash: sha256(bytes), mode: mode & 0o111 ? 0o755 : 0o644 });
  }
  return files;
}

function recordName(unit: string): string {
  return `${unit}.files.json`;
}

async function readRecord(tree: Tree, control: Folder, unit: string): Promise<Written> {
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

async function saveRecord(control: Folder, unit: string, files: Written): Promise<void> {
  await control.write({
    path: recordName(unit),
    content: `${JSON.stringify({ version: 1, files })}\n`,
    mode: 0o600,
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
