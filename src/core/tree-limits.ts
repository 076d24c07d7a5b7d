// How much the content of a site, a commit of a repository, or the context of a build may be: all of it is looked at again and again.
import { type Fault, fault } from '../model/errors.ts';

/** Files and folders together. */
export const MOST_FILES = 100_000;

/** Of all files together. */
export const MOST_BYTES = 1_000_000_000;

export interface TreeLimits {
  /** Files and folders together. */
  maxFiles: number;
  /** Of all files together. */
  maxBytes: number;
}

export const TREE_LIMITS: TreeLimits = { maxFiles: MOST_FILES, maxBytes: MOST_BYTES };

/** `folder` as it may be shown; `limit` with its unit. */
export function treeTooLarge({
  folder,
  limit,
  hint = 'Keep what is not needed here in another folder.',
}: {
  folder: string;
  limit: string;
  hint?: string;
}): Fault {
  return fault({
    code: 'TREE_TOO_LARGE',
    reason: 'TreeTooLarge',
    message: `The folder ${folder} holds more than ${limit}.`,
    hint,
    disposition: 'stalled',
  });
}

export function filesInWords(files: number): string {
  return `${files} files and folders`;
}

export function bytesInWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes % 1_000_000 === 0 ? `${bytes / 1_000_000} MB` : `${Math.floor(bytes / 1024)} KiB`;
}
