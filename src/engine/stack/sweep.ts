// Takes away what a crash left in the run directory: copies of files, and resolved files with values in them.
import { isFault } from '../../model/errors.ts';
import type { StackDeps } from './types.ts';

const LIMITS = { maxFiles: 10_000, maxBytes: 1024 * 1024 * 1024 };

/** Copies carry the id of the process that made them; those of a living one may be in use (a `plan` beside us). */
export async function sweepCopies(
  deps: Pick<StackDeps, 'tree' | 'openFolder' | 'runDirectory'>,
): Promise<void> {
  await sweep(deps, 'check', (name) => {
    const pid = Number(name.split('-')[0]);
    return pid === process.pid || isAlive(pid);
  });
}

/** Only who brings stacks up renders them, and that is one process at a time: what is there is left over. */
export async function sweepRendered(
  deps: Pick<StackDeps, 'tree' | 'openFolder' | 'runDirectory'>,
): Promise<void> {
  await sweep(deps, 'stacks', () => false);
}

async function sweep(
  { tree, openFolder, runDirectory }: Pick<StackDeps, 'tree' | 'openFolder' | 'runDirectory'>,
  under: string,
  isInUse: (name: string) => boolean,
): Promise<void> {
  const folder = openFolder(runDirectory, { mode: 0o700, survives: 'run' });
  const entries = await tree.list({ root: runDirectory, path: under, ...LIMITS }).catch((error: unknown) => {
    if (isFault(error) && error.reason === 'FileMissing') return [];
    throw error;
  });
  for (const name of new Set(entries.map(({ path }) => path.split('/')[0] ?? ''))) {
    if (!isInUse(name)) await folder.removeTree(`${under}/${name}`);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
