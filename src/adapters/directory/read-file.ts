// Reads one file of a tree that others write to: no links on the way, no devices, bounded.
import { constants, lstatSync } from 'node:fs';
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
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
 * What cannot be read is a file with `refused` set, and not an error.
 */
export function lookAtFile(
  root: string,
  { path, before, nowMs }: { path: string; before: KnownFile | undefined; nowMs: number },
): KnownFile | null | Promise<KnownFile | null> {
  const absolute = join(root, path);
  try {
    const stats = lstatSync(absolute, { bigint: true });
    const key = statKey(stats);
    if (before !== undefined && before.key === key && !before.racy) return before;
    const changed = changedMs(stats);
    const seen = { key, changedMs: changed, racy: changed > nowMs - racyMs };
    return readOne({ root, path, absolute }).then(
      (file) => ({ ...seen, file: before?.file.stamp === file.stamp ? before.file : file }),
      (error: unknown) => failed(error, { path, before }),
    );
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

async function readOne(options: { root: string; path: string; absolute: string }): Promise<SourceFile> {
  const { root, path, absolute } = options;
  if (!isPlainName(path)) return refusedFile(path, oddName(path));
  // O_NONBLOCK: opening a pipe would wait for a writer that never comes.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(absolute, flags);
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) return refusedFile(path, notARegularFile(path, 'a pipe, a device or a socket'));
    // Between the look at a folder and the opening somebody may have put a link in its place.
    if (!(await isInside(handle, { root, absolute }))) return refusedFile(path, symbolicLink(path));
    if (stats.size > BigInt(maxSourceFileBytes)) {
      return refusedFile(path, fileTooLarge(path, Number(stats.size)));
    }
    return decode(path, await readBounded(handle, Number(stats.size)));
  } finally {
    await handle.close();
  }
}

/** What grows meanwhile is read again later: its change time is another one then. */
async function readBounded(handle: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await handle.read(bytes, length, size - length, null);
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

async function isInside(
  handle: FileHandle,
  { root, absolute }: { root: string; absolute: string },
): Promise<boolean> {
  // Where the system shows it, the opened file itself is asked, for a path may change between two looks.
  const real = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(absolute));
  return real === absolute || real.startsWith(root.endsWith('/') ? root : `${root}/`);
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
