// Names what a directory entry is, in words, and makes the stamp by which a change of it is seen.
import type { BigIntStats, Stats } from 'node:fs';

/** `a file`, `a folder`, `a symbolic link`, `a pipe`, `a socket`, `a device`. */
export function kindOf(stats: Stats | BigIntStats): string {
  if (stats.isFile()) return 'a file';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/**
 * Equal stamps mean equal content: the change time cannot be set back by a program, as the modification time can,
 * and a file put in its place by rename has another number.
 */
export function stampOf(stats: BigIntStats): string {
  return `${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}
