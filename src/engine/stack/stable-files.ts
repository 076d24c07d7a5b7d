// The files of a git stack in its stable folder: what a commit brought, healed, and what it took away, removed.
import { shortHash } from '../../core/canonical.ts';
import { insideOf } from '../../core/compose-relocate.ts';
import type { DesiredStack } from '../../model/desired.ts';
import { isFault } from '../../model/errors.ts';
import type { Layout } from './layout.ts';
import {
  readRecord,
  recordName,
  type StableFile,
  saveRecord,
  type Written,
  type WrittenFile,
} from './stable-record.ts';
import type { StackDeps } from './types.ts';
import { STABLE_LIMITS, sha256, type WantedFile, wantedFiles } from './wanted-files.ts';

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
  /** Folders that images are built from: read where they are, so they are not needed here. */
  contexts: readonly string[];
}

export function createStableFiles(
  deps: Pick<StackDeps, 'tree' | 'openFolder' | 'dataDirectory'>,
): StableFiles {
  const { tree, openFolder, dataDirectory } = deps;
  const control = openFolder(`${dataDirectory}/control/stacks`, { mode: 0o700, survives: 'power-cut' });
  /** A checkout never changes, so its files are hashed once. */
  const wantedCache = new Map<string, { key: string; wanted: Map<string, WantedFile> }>();

  async function wantedOf(desired: DesiredStack, layout: Layout, { used, contexts }: Uses) {
    const key = JSON.stringify([desired.root, desired.revision, layout.folder, used, contexts]);
    const known = wantedCache.get(desired.unit);
    if (known?.key === key) return known.wanted;
    const wanted = await wantedFiles(tree, desired, { layout, used, contexts });
    wantedCache.set(desired.unit, { key, wanted });
    return wanted;
  }

  async function difference(desired: DesiredStack, layout: Layout, uses: Uses) {
    const wanted = await wantedOf(desired, layout, uses);
    const written = await readRecord(tree, control, desired.name);
    const isWritable = (source: string) => uses.writable.some((folder) => insideOf(folder, source) !== null);
    const writes: [string, WantedFile][] = [];
    for (const [path, file] of wanted) {
      const before = written[path];
      const same = before !== undefined && before.hash === file.hash && before.mode === file.mode;
      // A workload may change what it may write to: that is its data then, until a commit brings another content.
      if (same && before.stamp !== '' && isWritable(file.source)) continue;
      if (!same || before.stamp === '' || (await stampAt(path, layout)) !== before.stamp)
        writes.push([path, file]);
    }
    const removes = Object.keys(written).filter((path) => !wanted.has(path));
    return { written, writes, removes };
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
      const { written, writes, removes } = await difference(desired, layout, uses);
      if (writes.length === 0 && removes.length === 0) return;
      const folder = openFolder(layout.projectDirectory, { mode: 0o755, survives: 'power-cut' });
      // What is about to be written is recorded first: after a crash in between, it is known as ours and written again.
      const record: Written = { ...written };
      for (const [path, { hash, mode }] of writes) {
        const before = written[path]?.hash;
        record[path] = { hash, mode, stamp: '', ...(before === undefined ? {} : { before }) };
      }
      await saveRecord(control, desired.name, record);
      for (const [path, file] of writes) {
        const { hash, mode, source } = file;
        const { bytes } = await tree.readBytes({
          root: desired.root,
          path: source,
          maxBytes: STABLE_LIMITS.maxBytes,
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
  async function isAsWritten(path: string, ours: WrittenFile | undefined, layout: Layout): Promise<boolean> {
    const there = await readThere(path, layout);
    return there !== null && (there.hash === ours?.hash || there.hash === ours?.before);
  }

  async function readThere(path: string, layout: Layout) {
    try {
      const read = await tree.readBytes({
        root: layout.projectDirectory,
        path,
        maxBytes: STABLE_LIMITS.maxBytes,
      });
      return { hash: sha256(read.bytes), mode: read.mode, stamp: read.stamp };
    } catch (error) {
      if (isFault(error) && error.disposition !== 'retry') return null;
      throw error;
    }
  }
}
