// Lists all regular files below a folder, sorted, bounded; anything that is neither file nor folder is refused by its path.
import { type BigIntStats, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { bytesInWords, filesInWords } from '../../core/tree-limits.ts';
import type { ListOptions, TreeEntry } from '../../ports/tree.ts';
import { descend, enter, type OpenDirectory } from './descend.ts';
import { kindOf, stampOf } from './file-kind.ts';
import { notARegularFile, treeTooLarge, unreadable } from './tree-faults.ts';

/** Deeper trees are loops of mounts or an attack on whoever walks them. */
const MAX_DEPTH = 64;

/** `.git` is passed over at every level: it is no content, and holds what must not be published. */
export function listFiles({ root, path, pick, withLinks, ...limits }: ListOptions): TreeEntry[] {
  const entries: TreeEntry[] = [];
  let bytes = 0;
  const walk = (directory: OpenDirectory, prefix: string, depth: number): void => {
    if (depth > MAX_DEPTH) throw treeTooLarge(path, `${MAX_DEPTH} levels of folders`);
    for (const name of namesIn(directory)) {
      if (name === '.git') continue;
      const stats = lstatSync(directory.at(name), { bigint: true, throwIfNoEntry: false });
      // Gone between the list and the look: the next list has it right.
      if (stats === undefined) continue;
      const entry = entryOf(`${prefix}${name}`, stats);
      if (pick?.(entry.path, entry.type) === false) continue;
      if (stats.isDirectory()) {
        entries.push(entry);
        within(enter(directory, name), (inner) => walk(inner, `${prefix}${name}/`, depth + 1));
      } else if (stats.isFile()) {
        entries.push(entry);
        bytes += entry.size;
      } else if (stats.isSymbolicLink() && withLinks) {
        entries.push({ ...entry, target: readlinkSync(directory.at(name)) });
      } else {
        throw notARegularFile(directory.path === '' ? name : `${directory.path}/${name}`, kindOf(stats));
      }
      if (entries.length > limits.maxFiles) throw treeTooLarge(path, filesInWords(limits.maxFiles));
      if (bytes > limits.maxBytes) throw treeTooLarge(path, bytesInWords(limits.maxBytes));
    }
  };
  within(descend(root, path), (top) => walk(top, '', 0));
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function namesIn(directory: OpenDirectory): string[] {
  try {
    return readdirSync(directory.at('.'));
  } catch (error) {
    throw unreadable(directory.path, error);
  }
}

function within<T>(directory: OpenDirectory, work: (directory: OpenDirectory) => T): T {
  try {
    return work(directory);
  } finally {
    directory.close();
  }
}

function entryOf(path: string, stats: BigIntStats): TreeEntry {
  return {
    path,
    type: stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'link' : 'file',
    size: stats.isFile() ? Number(stats.size) : 0,
    mode: Number(stats.mode & 0o7777n),
    stamp: stampOf(stats),
  };
}
