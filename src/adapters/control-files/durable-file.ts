// Files that are replaced whole or not at all, and are on the disk when the call returns.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const TEMPORARY = /^\.[0-9a-f]{16}\.tmp$/;
/** Nobody needs this long between writing and renaming: the writer was killed. */
const ABANDONED_AFTER_MS = 60_000;

/** Replaces `path`, mode 0600. A kill leaves the old file or the new one. */
export function replaceFile(path: string, content: string | Buffer): void {
  const temporary = writeTemporary(dirname(path), content);
  renameSync(temporary, path);
  syncDirectory(dirname(path));
}

/**
 * Replaces files of one directory together: the disk is waited for once for all of them, and others work meanwhile. A
 * kill leaves of each the old one or the new one.
 */
export async function replaceFiles(directory: string, contents: ReadonlyMap<string, string>): Promise<void> {
  const written = [...contents].map(([name, content]) => ({
    name,
    temporary: writeUnsynced(directory, content),
  }));
  await Promise.all(written.map(({ temporary }) => syncPath(temporary)));
  for (const { name, temporary } of written) renameSync(temporary, join(directory, name));
  await syncPath(directory);
}

/** Creates `path` with its whole content; false when it is there already, and then it is left alone. */
export function createFile(path: string, content: Buffer): boolean {
  const temporary = writeTemporary(dirname(path), content);
  try {
    // A link fails where a rename would replace what another process has just made.
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(temporary);
    syncDirectory(dirname(path));
  }
}

export function removeFile(path: string): void {
  unlinkSync(path);
  syncDirectory(dirname(path));
}

/** Moves a file into `directory` under a name that is free there. */
export function keepAside(path: string, directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const name = `${basename(dirname(path))}-${basename(path)}`;
  let number = 1;
  while (existsSync(join(directory, `${name}.${number}`))) number += 1;
  renameSync(path, join(directory, `${name}.${number}`));
  syncDirectory(directory);
  syncDirectory(dirname(path));
}

/** Removes what killed writers left. */
export function sweepTemporary(directory: string, nowMs: number): void {
  for (const name of readdirSync(directory).filter((entry) => TEMPORARY.test(entry))) {
    const path = join(directory, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && nowMs - stat.mtimeMs > ABANDONED_AFTER_MS) unlinkSync(path);
  }
}

function writeTemporary(directory: string, content: string | Buffer): string {
  return writeUnsynced(directory, content, fsyncSync);
}

/** `whole` is called with the open file when all of it is written. */
function writeUnsynced(
  directory: string,
  content: string | Buffer,
  whole: (file: number) => void = () => {},
): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `.${randomBytes(8).toString('hex')}.tmp`);
  const file = openSync(path, 'wx', 0o600);
  try {
    const bytes = Buffer.from(content);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    whole(file);
  } finally {
    closeSync(file);
  }
  return path;
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
