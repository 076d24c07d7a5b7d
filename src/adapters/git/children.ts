// Finds and ends git with all that it started: git itself leaves its helpers alone, and simple-git's SIGINT may be ignored.
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { isOwnerAlive, ownerMark } from './owner.ts';

/** A variable that git and everything below it carries, whoever becomes their parent. */
const VARIABLE = 'TINYFORGE_GIT_CALL';

/** The variable and its value for one call. */
export function markCall(): { mark: string; environment: Record<string, string> } {
  const mark = `${ownerMark()}-${randomBytes(8).toString('hex')}`;
  return { mark, environment: { [VARIABLE]: mark } };
}

/** Ends all children of one call. On systems without /proc this does nothing, and simple-git's SIGINT has to do. */
export async function endChildren(mark: string): Promise<void> {
  await endWhere((found) => found === mark);
}

/** Ends git children of controllers that were killed: they hold locks, and write into a mirror that is ours now. */
export async function endOrphans(): Promise<void> {
  await endWhere((found) => !isOwnerAlive(found.slice(0, found.lastIndexOf('-'))));
}

async function endWhere(isMeant: (mark: string) => boolean): Promise<void> {
  // One of them may have started another while we looked.
  for (let round = 0; round < 10; round += 1) {
    const pids = await findChildren(isMeant);
    if (pids.length === 0) return;
    for (const pid of pids) end(pid);
  }
}

async function findChildren(isMeant: (mark: string) => boolean): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc').catch(() => [])) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    // Of another user, or gone meanwhile: not ours. A zombie has an empty environment.
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    const mark = environment.split('\0').find((entry) => entry.startsWith(`${VARIABLE}=`));
    if (mark !== undefined && isMeant(mark.slice(VARIABLE.length + 1))) found.push(pid);
  }
  return found;
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
