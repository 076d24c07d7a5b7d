// Looks at programs and folders of this machine.
import { accessSync, constants, statSync } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Machine, PathFacts } from '../../ports/machine.ts';

const SYSTEM_FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];

export function createMachine({ path }: { path: string | undefined }): Machine {
  const folders = [...SYSTEM_FOLDERS, ...(path ?? '').split(delimiter).filter(isAbsolute)];
  return {
    program: (name) => folders.map((folder) => join(folder, name)).find(isProgram) ?? null,
    look,
  };
}

async function look(path: string): Promise<PathFacts | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  const may = (wish: number) =>
    access(path, wish).then(
      () => true,
      () => false,
    );
  const space = await statfs(path).catch(() => null);
  return {
    type: found.isDirectory() ? 'directory' : found.isFile() ? 'file' : 'other',
    mode: found.mode & 0o7777,
    readable: await may(constants.R_OK),
    writable: await may(constants.W_OK),
    freeBytes: space === null ? null : space.bavail * space.bsize,
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
