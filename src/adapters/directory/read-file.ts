// Reads one file of a tree that others write to: no links on the way, no devices, bounded.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
} from 'node:fs';
import {
  contentStamp,
  decodeSourceText,
  fileTooLarge,
  fileUnreadable,
  isPlainName,
  maxSourceFileBytes,
  notARegularFile,
  oddName,
  symbolicLink,
} from '../../core/source-file.ts';
import type { SourceFile } from '../../model/source.ts';
import { racyMs } from './folder.ts';
import { changedMs, statKey } from './stat-key.ts';

export interface KnownFile {
  file: SourceFile;
  key: string;
  changedMs: number;
  /** Too young when it was read to believe `key` alone the next time. */
  racy: boolean;
}

/**
 * Reads a file again if it has changed; null when it is gone. The same content gives the same object as before.
 * What cannot be read is a file with `refused` set, and not an error. With synchronous calls, as `inBatches` wants them:
 * a thousand new files are read in the time in which forty would be, were each call a turn of its own.
 */
export function lookAtFile(
  root: string,
  { path, before, nowMs }: { path: string; before: KnownFile | undefined; nowMs: number },
): KnownFile | null {
  // Both are normal already: to join them is to read each of them once more, letter by letter.
  const absolute = root.endsWith('/') ? `${root}${path}` : `${root}/${path}`;
  try {
    const stats = lstatSync(absolute, { bigint: true });
    const key = statKey(stats);
    if (before !== undefined && before.key === key && !before.racy) return before;
    const changed = changedMs(stats);
    const seen = { key, changedMs: changed, racy: changed > nowMs - racyMs };
    const file = readOne({ root, path, absolute });
    return { ...seen, file: before?.file.stamp === file.stamp ? before.file : file };
  } catch (error) {
    return failed(error, { path, before });
  }
}

function failed(
  error: unknown,
  { path, before }: { path: string; before: KnownFile | undefined },
): KnownFile | null {
  const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  const file = refusedFile(path, unreadable(path, code));
  const same = before?.file.stamp === file.stamp ? before.file : file;
  return { file: same, key: code, changedMs: 0, racy: true };
}

function readOne(options: { root: string; path: string; absolute: string }): SourceFile {
  const { root, path, absolute } = options;
  if (!isPlainName(path)) return refusedFile(path, oddName(path));
  // O_NONBLOCK: opening a pipe would wait for a writer that never comes.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = openSync(absolute, flags);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) return refusedFile(path, notARegularFile(path, 'a pipe, a device or a socket'));
    // Between the look at a folder and the opening somebody may have put a link in its place.
    if (!isInside(file, { root, absolute })) return refusedFile(path, symbolicLink(path));
    if (stats.size > maxSourceFileBytes) return refusedFile(path, fileTooLarge(path, stats.size));
    return decode(path, readBounded(file, stats.size));
  } finally {
    closeSync(file);
  }
}

/** What grows meanwhile is read again later: its change time is another one then. */
function readBounded(file: number, size: number): Buffer {
  // Nothing of it is used but what was read into it.
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const bytesRead = readSync(file, bytes, length, size - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

function decode(path: string, bytes: Buffer): SourceFile {
  const decoded = decodeSourceText(path, bytes);
  if ('refused' in decoded) return refusedFile(path, decoded.refused);
  return { path, stamp: contentStamp(bytes), text: decoded.text, refused: null };
}

function isInside(file: number, { root, absolute }: { root: string; absolute: string }): boolean {
  const real = whereItLies(file) ?? realpathSync(absolute);
  return real === absolute || real.startsWith(root.endsWith('/') ? root : `${root}/`);
}

/** Where the system shows it, the opened file itself is asked, for a path may change between two looks. */
function whereItLies(file: number): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${file}`);
  } catch {
    return null;
  }
}

export function refusedFile(path: string, refused: NonNullable<SourceFile['refused']>): SourceFile {
  return { path, stamp: `refused:${refused.reason}:${refused.message}`, text: null, refused };
}

function unreadable(path: string, code: string): NonNullable<SourceFile['refused']> {
  // A link as the last component; a device without a driver or a socket.
  if (code === 'ELOOP') return symbolicLink(path);
  if (code === 'ENXIO') return notARegularFile(path, 'a device or a socket');
  return fileUnreadable(path, code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code);
}
