// One process at a time changes the folder of a source: the controller, or a command beside it.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { isOwnerAlive, ownerMark } from './owner.ts';

/** Waits for the lock file, runs `work`, gives it back. A lock whose process is gone is taken over. */
export async function withLock<T>(
  options: { path: string; clock: Clock; signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  const { path, clock, signal } = options;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  while (!(await take(path))) await clock.sleep(50, signal);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  if (makeNew(path)) return true;
  const holder = await readFile(path, 'utf8').catch(() => null);
  // Empty for a moment, between its making and its writing; a process killed just there leaves it empty for good.
  if (holder === null || isOwnerAlive(holder)) return false;
  if (holder === '' && !(await isOld(path))) return false;
  await putAside(path, holder);
  return false;
}

/** At once: three small calls on a local disk take less than to hand one of them to another thread. */
function makeNew(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, ownerMark());
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

async function isOld(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return false;
  const { mtimeMs } = await file.stat().finally(() => file.close());
  // File times are the machine's, not those of the injected clock.
  return Date.now() - mtimeMs > 5_000;
}

/** By a rename to a name of our own: of two processes that do this at once only one finds the file. */
async function putAside(path: string, holder: string): Promise<void> {
  const aside = `${path}.${ownerMark()}`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  const found = await readFile(aside, 'utf8').catch(() => holder);
  // Somebody was faster and this is their new lock: it goes back to its place.
  if (found !== holder) await rename(aside, path).catch(() => undefined);
  else await rm(aside, { force: true });
}
