// Unpacks a tar file, gzipped or not, into a new folder: regular files and folders alone, bounded, never outside.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { isFault } from '../../model/errors.ts';
import { archiveFault } from './archive-faults.ts';

export interface UnpackLimits {
  maxFiles: number;
  maxBytes: number;
  timeoutMs: number;
}

const DEEPEST = 64;

/**
 * Unpacks `file` into `directory`, which is made. Modes come out as 0644 or 0755. Throws a fault: ArchiveRefused for
 * links, devices, paths that lead out or meet each other, and what is no tar; ArchiveTooLarge beyond the limits.
 */
export async function unpack(
  { file, directory, signal }: { file: string; directory: string; signal: AbortSignal },
  limits: UnpackLimits,
): Promise<void> {
  const abort = AbortSignal.any([signal, AbortSignal.timeout(limits.timeoutMs)]);
  const tar = extract();
  const source = createReadStream(file);
  const isZipped = await isGzip(file);
  await mkdir(directory, { mode: 0o700 });
  const feeding = isZipped
    ? pipeline(source, createGunzip(), bounded(limits), tar, { signal: abort })
    : pipeline(source, bounded(limits), tar, { signal: abort });
  // Told by the loop below as well; nobody else waits for it until then.
  feeding.catch(() => {});
  try {
    const made = createPlaces(directory);
    let files = 0;
    let bytes = 0;
    for await (const entry of tar) {
      files += 1;
      bytes += entry.header.size ?? 0;
      if (files > limits.maxFiles)
        throw archiveFault('ArchiveTooLarge', `The archive holds more than ${limits.maxFiles} files`);
      if (bytes > limits.maxBytes)
        throw archiveFault('ArchiveTooLarge', `The archive unpacks to more than ${limits.maxBytes / 1e6} MB`);
      const { header } = entry;
      const path = pathOf(header);
      if (header.type === 'directory') {
        await made.folder(path);
        entry.resume();
      } else {
        const target = await made.file(path);
        const mode = (header.mode ?? 0) & 0o111 ? 0o755 : 0o644;
        // `wx`: neither follows nor replaces, on a disk that cannot tell two names apart either.
        await pipeline(entry, createWriteStream(target, { flags: 'wx', mode }), { signal: abort });
      }
    }
    await feeding;
    if (files === 0) throw archiveFault('ArchiveRefused', 'The archive is empty');
  } catch (error) {
    source.destroy();
    signal.throwIfAborted();
    if (isFault(error)) throw error;
    throw translated(error, abort.aborted);
  }
}

/** What is between and behind the files is no file, and could go on for ever: a header and padding for each is enough. */
function bounded({ maxBytes, maxFiles }: UnpackLimits): Transform {
  const most = maxBytes + maxFiles * 4_096;
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= most) return done(null, chunk);
      done(archiveFault('ArchiveTooLarge', `The archive unpacks to more than ${maxBytes / 1e6} MB`));
    },
  });
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
    `The archive cannot be read as tar or tar.gz (${message.slice(0, 200)})`,
    error,
  );
}

/** The path below the folder, or a refusal that names it. */
function pathOf({ name, type }: Header): string {
  const shown = JSON.stringify(name.slice(0, 200));
  if (type !== 'file' && type !== 'directory' && type !== 'contiguous-file')
    throw archiveFault(
      'ArchiveRefused',
      `The archive holds ${shown}, which is a ${type ?? 'thing'} and no file`,
    );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they make names that say something else on a terminal.
  if (/[\u0000-\u001f\u007f\\]/.test(name))
    throw archiveFault(
      'ArchiveRefused',
      `The archive holds ${shown}, a name with characters that no site needs`,
    );
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (name.startsWith('/') || parts.includes('..'))
    throw archiveFault('ArchiveRefused', `The archive holds ${shown}, which leads out of it`);
  if (parts.length > DEEPEST || parts.some((part) => Buffer.byteLength(part) > 255))
    throw archiveFault('ArchiveRefused', `The archive holds ${shown}, whose path is too long`);
  if (parts.length === 0 && type !== 'directory')
    throw archiveFault('ArchiveRefused', 'The archive holds a file without a name');
  return parts.join('/');
}

/** Makes each folder once; nothing but us writes there, so no link can have come in between. */
function createPlaces(root: string) {
  const folders = new Set<string>(['']);
  async function folder(path: string): Promise<void> {
    if (folders.has(path)) return;
    await folder(parentOf(path));
    await mkdir(join(root, path), { mode: 0o755 });
    folders.add(path);
  }
  return {
    folder,
    async file(path: string): Promise<string> {
      await folder(parentOf(path));
      return join(root, path);
    },
  };
}

function parentOf(path: string): string {
  const parent = dirname(path);
  return parent === '.' ? '' : parent;
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}
