// Unpacks a tar file, gzipped or not, or a zip file into a new folder: regular files and folders alone, bounded, never outside.
import { createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { isFault } from '../../model/errors.ts';
import type { OpenedArchive, UnpackLimits } from './archive-entry.ts';
import { archiveFault } from './archive-faults.ts';
import { createPlaces, pathOf } from './entry-path.ts';
import { tarEntries } from './tar-entries.ts';
import { zipEntries } from './zip-entries.ts';

/**
 * Unpacks `file` into `directory`, which is made. Modes come out as 0644 or 0755. Throws a fault: ArchiveRefused for
 * links, devices, paths that lead out or meet each other, and what is no such archive; ArchiveTooLarge beyond the limits.
 */
export async function unpack(
  { file, directory, signal }: { file: string; directory: string; signal: AbortSignal },
  limits: UnpackLimits,
): Promise<void> {
  const abort = AbortSignal.any([signal, AbortSignal.timeout(limits.timeoutMs)]);
  const begin = await beginning(file);
  await mkdir(directory, { mode: 0o700 });
  let opened: OpenedArchive | null = null;
  try {
    opened = begin.startsWith('PK')
      ? await zipEntries(file, limits)
      : tarEntries(file, { ...limits, isZipped: begin.startsWith('\u001f\u008b'), signal: abort });
    const made = createPlaces(directory);
    let files = 0;
    const most = limits.maxFiles + (limits.isFolder ? 1 : 0);
    let bytes = 0;
    for await (const entry of opened.entries) {
      abort.throwIfAborted();
      files += 1;
      bytes += entry.bytes;
      if (files > most)
        throw archiveFault(
          'ArchiveTooLarge',
          `The archive holds more than ${limits.maxFiles} files and folders`,
        );
      if (bytes > limits.maxBytes)
        throw archiveFault('ArchiveTooLarge', `The archive unpacks to more than ${limits.maxBytes / 1e6} MB`);
      const path = pathOf(entry);
      if (entry.type === 'directory') {
        await made.folder(path);
        entry.skip();
      } else {
        const target = await made.file(path);
        const mode = entry.mode & 0o111 ? 0o755 : 0o644;
        // `wx`: neither follows nor replaces, on a disk that cannot tell two names apart either.
        await pipeline(await entry.content(), createWriteStream(target, { flags: 'wx', mode }), {
          signal: abort,
        });
      }
    }
    await opened.rest;
    if (files === 0) throw archiveFault('ArchiveRefused', 'The archive is empty');
  } catch (error) {
    signal.throwIfAborted();
    if (isFault(error)) throw error;
    throw translated(error, abort.aborted);
  } finally {
    opened?.close();
  }
}

function translated(error: unknown, isLate: boolean): Error {
  if (isLate) return archiveFault('ArchiveTooLarge', 'The archive took too long to unpack', error);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST')
    return archiveFault(
      'ArchiveRefused',
      'The archive holds two files of one name, or of names that the disk takes for one',
      error,
    );
  if (code === 'ENOSPC' || code === 'EIO' || code === 'EMFILE') return error as Error;
  return archiveFault(
    'ArchiveRefused',
    `The archive cannot be read as tar, tar.gz or zip (${message.slice(0, 200)})`,
    error,
  );
}

/** Its first two bytes tell what it is, whatever its name says. */
async function beginning(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
