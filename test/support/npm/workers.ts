// Which workers of an nginx still take connections, told by the kernel's process table: a reload is over when the old ones do not.
import { readFileSync } from 'node:fs';

/**
 * The workers below this master that accept connections. After a HUP the old ones are among them until they have met
 * their QUIT: for some milliseconds either generation may answer, so one answer of the new one proves nothing yet.
 */
export function acceptingWorkers(master: number): readonly number[] {
  const children = read(`/proc/${master}/task/${master}/children`);
  const pids = children.split(' ').filter((pid) => pid !== '');
  return pids.map(Number).filter(accepts);
}

/** Whether that process is a worker that was not told to leave yet. */
export function accepts(pid: number): boolean {
  const title = read(`/proc/${pid}/cmdline`);
  return title.startsWith('nginx: worker process') && !title.includes('shutting down');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
