// Reads one control file: a regular one, bounded, and no link.
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';

const MAX_BYTES = 4 * 1024 * 1024;

/** Equal stamps mean equal content; null where there is no such file. Links are not followed. */
export function stampOf(path: string): string | null {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
}

/** The text of a regular file. Throws an Error that says what is wrong. */
export function readBounded(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Error('it is not a regular file');
    if (stat.size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** Why a file could not be read or understood, in words for its problem. */
export function whyUnreadable(error: unknown): string {
  if (error instanceof SyntaxError) return 'it is no JSON';
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ELOOP') return 'it is a link';
  return code ?? (error instanceof Error ? error.message : String(error));
}
