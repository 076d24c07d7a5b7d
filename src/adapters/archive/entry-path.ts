// Where an entry of an archive may be put: below the folder, by a name that a site can need, and nowhere twice.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { archiveFault } from './archive-faults.ts';

const DEEPEST = 64;

export interface EntryName {
  name: string;
  /** As the archive's own format calls it; `file` and `directory` are taken, nothing else is. */
  type: string;
}

/** The path below the folder; throws ArchiveRefused, with the name in it. */
export function pathOf({ name, type }: EntryName): string {
  const shown = JSON.stringify(name.slice(0, 200));
  if (type !== 'file' && type !== 'directory')
    throw archiveFault('ArchiveRefused', `The archive holds ${shown}, which is a ${type} and no file`);
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
export function createPlaces(root: string) {
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
