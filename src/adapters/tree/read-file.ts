// Opens and reads one regular file below a root: no link on the way, bounded, the same file from look to last byte.
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { componentsOf } from './components.ts';
import { descend } from './descend.ts';
import { kindOf, stampOf } from './file-kind.ts';
import {
  fileMissing,
  fileTooLarge,
  notARegularFile,
  notUtf8,
  stillWritten,
  unreadable,
} from './tree-faults.ts';

export interface OpenFile {
  descriptor: number;
  stamp: string;
  size: number;
  mode: number;
}

export interface FileBytes {
  bytes: Buffer;
  stamp: string;
  mode: number;
}

/** The caller closes the descriptor. Throws faults as the port says. */
export function openFile(root: string, path: string): OpenFile {
  const components = componentsOf(path);
  const name = components.pop();
  if (name === undefined) throw notARegularFile(path, 'a folder');
  const directory = descend(root, components.join('/'));
  try {
    const reached = directory.at(name);
    // A look first: opening some devices does something, and a pipe would keep its writer waiting.
    const before = lookAt(reached, path);
    if (!before.isFile()) throw notARegularFile(path, kindOf(before));
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const descriptor = openSync(reached, flags);
    const stats = fstatSync(descriptor, { bigint: true });
    if (stats.isFile()) {
      return {
        descriptor,
        stamp: stampOf(stats),
        size: Number(stats.size),
        mode: Number(stats.mode & 0o7777n),
      };
    }
    closeSync(descriptor);
    throw notARegularFile(path, kindOf(stats));
  } catch (error) {
    throw isSystemError(error) ? unreadable(path, error) : error;
  } finally {
    directory.close();
  }
}

/** Stops one byte past the limit, so that a file that grows while it is read, or has no end, costs no memory. */
export function readBytes(root: string, path: string, maxBytes: number): FileBytes {
  const { descriptor, stamp, size, mode } = openFile(root, path);
  try {
    if (size > maxBytes) throw fileTooLarge(path, maxBytes);
    const buffer = Buffer.alloc(Math.min(size, maxBytes) + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    if (length > size) throw stillWritten(path);
    return { bytes: buffer.subarray(0, length), stamp, mode };
  } catch (error) {
    throw isSystemError(error) ? unreadable(path, error) : error;
  } finally {
    closeSync(descriptor);
  }
}

export function readUtf8(root: string, path: string, maxBytes: number): { text: string; stamp: string } {
  const { bytes, stamp } = readBytes(root, path, maxBytes);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), stamp };
  } catch {
    throw notUtf8(path);
  }
}

function lookAt(reached: string, path: string) {
  const stats = lstatSync(reached, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) throw fileMissing(path);
  return stats;
}

function isSystemError(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException | null)?.syscall === 'string';
}
