// Reads the manifests of a checkout into memory, once per commit.
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  contentStamp,
  decodeSourceText,
  fileTooLarge,
  isManifestName,
  isPassedOver,
  isPlainName,
  maxSourceFileBytes,
  maxSourceFiles,
  oddName,
  symbolicLink,
  tooManyFiles,
} from '../../core/source-file.ts';
import type { SourceFile } from '../../model/source.ts';

/**
 * All files below `root` that may hold manifests, sorted by path. One that is the same as before (same path, same bytes)
 * is the same object as before. A checkout is not written to by anybody, so plain reads are enough.
 */
export async function readCheckout(root: string, before: readonly SourceFile[]): Promise<SourceFile[]> {
  const known = new Map(before.map((file) => [file.path, file]));
  const paths = await findManifests(root);
  const files: SourceFile[] = [];
  for (const [index, { path, isLink }] of paths.slice(0, maxSourceFiles).entries()) {
    // Others have a turn in between; one for each file would take ten times as long.
    if (index % BATCH === BATCH - 1) await setImmediate();
    const file = isLink ? refusedFile(path, symbolicLink(path)) : readOne(root, path);
    const same = known.get(path);
    files.push(same !== undefined && same.stamp === file.stamp ? same : file);
  }
  const next = paths[maxSourceFiles];
  if (next !== undefined) files.push(refusedFile(next.path, tooManyFiles(next.path)));
  return files;
}

const BATCH = 500;

async function findManifests(root: string): Promise<{ path: string; isLink: boolean }[]> {
  const found: { path: string; isLink: boolean }[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !isPassedOver(entry.name)) folders.push(path);
      else if (isManifestName(entry.name) && !entry.isDirectory()) {
        found.push({ path, isLink: !entry.isFile() });
      }
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function readOne(root: string, path: string): SourceFile {
  if (!isPlainName(path)) return refusedFile(path, oddName(path));
  const file = openSync(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = fstatSync(file);
    if (size > maxSourceFileBytes) return refusedFile(path, fileTooLarge(path, size));
    const bytes = readFileSync(file);
    const decoded = decodeSourceText(path, bytes);
    const stamp = contentStamp(bytes);
    return 'text' in decoded
      ? { path, stamp, text: decoded.text, refused: null }
      : { path, stamp, text: null, refused: decoded.refused };
  } finally {
    closeSync(file);
  }
}

function refusedFile(path: string, refused: NonNullable<SourceFile['refused']>): SourceFile {
  return { path, stamp: `refused:${refused.reason}:${refused.message}`, text: null, refused };
}
