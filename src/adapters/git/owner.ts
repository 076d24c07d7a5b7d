// Says who made a file or folder, so that what a killed process left behind is told from what a living one uses.
import { readFileSync } from 'node:fs';

/** This process: its id, when it began, and the boot it belongs to. In a container the id alone is the same each time. */
export function ownerMark(): string {
  return markOf(process.pid);
}

/** True when the process that made this mark still runs. */
export function isOwnerAlive(mark: string): boolean {
  const pid = Number(mark.split('.')[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return markOf(pid) === mark;
}

/** Changes with each start of the machine; null where the system does not tell. */
export function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

function markOf(pid: number): string {
  const boot = bootId()?.slice(0, 8) ?? 'boot';
  return `${pid}.${startTicks(pid)}.${boot}`;
}

/** Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and brackets. */
function startTicks(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}
