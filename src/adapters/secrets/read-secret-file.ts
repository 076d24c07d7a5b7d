// Reads one secret from a directory of files, as Docker and Kubernetes mount them.
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { secretUnreadable } from './secret-faults.ts';

/** A key chain fits; a database dump that was put there by mistake does not. */
const MAX_BYTES = 64 * 1024;

export interface SecretFile {
  value: string;
  /** Equal stamps mean equal content. */
  stamp: string;
}

/** Stamp of the file behind a name, or null when there is none. Cheap: one stat. */
export function stampOf(directory: string, name: string): string | null {
  try {
    const stat = statSync(join(directory, name), { bigint: true });
    return `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw unreadable(name, error);
  }
}

/**
 * The text without its one trailing newline. Links are followed as long as they stay inside the directory
 * (Kubernetes mounts each secret as one). Throws a fault (SecretUnreadable, stalled).
 */
export function readSecretFile(directory: string, name: string): SecretFile | null {
  try {
    const stamp = stampOf(directory, name);
    if (stamp === null) return null;
    const root = realpathSync.native(directory);
    const path = realpathSync.native(join(directory, name));
    if (!path.startsWith(root + sep)) throw refused(name, 'it is a link out of its directory');
    return { value: withoutNewline(decode(name, readBounded(path, name))), stamp };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw unreadable(name, error);
  }
}

function readBounded(path: string, name: string): Buffer {
  // Without O_NONBLOCK opening a pipe would wait for a writer, for ever.
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile()) throw refused(name, 'it is not a regular file');
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(file, buffer, length, buffer.length - length, null);
    }
    if (length > MAX_BYTES) throw refused(name, `it is larger than ${MAX_BYTES / 1024} KiB`);
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function decode(name: string, bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw refused(name, 'it is not UTF-8 text');
  return text;
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, '');
}

function refused(name: string, why: string): Error {
  return secretUnreadable({ name, why, hint: 'Put the value alone into a small text file of that name.' });
}

function unreadable(name: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (typeof code !== 'string' || code.startsWith('SECRET_')) return error;
  const why = code === 'EACCES' || code === 'EPERM' ? 'the controller may not read the file' : `${code}`;
  return secretUnreadable({ name, why, hint: 'Look at the owner and the mode of the file.', cause: error });
}

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
