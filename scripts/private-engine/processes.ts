// Finds and ends processes by id, looking in /proc for the ones that carry a path of ours in their arguments.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** The processes that have an argument for which `matches` is true, this one left out. */
export function processesWithArgument(matches: (argument: string) => boolean): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => pid !== process.pid && argumentsOf(pid).some(matches) && isRunning(pid));
}

function argumentsOf(pid: number): readonly string[] {
  return readProc(pid, 'cmdline').split('\0');
}

/**
 * Whether the process lives. A zombie does not: its parent may never collect it. But a killed program's first thread is
 * a zombie while others of it still close its sockets and files, so all threads must have gone.
 */
export function isRunning(pid: number): boolean {
  const state = /^State:\s+(\S)/m.exec(readProc(pid, 'status'))?.[1];
  if (state === undefined || state === 'X') return false;
  return state !== 'Z' || threadCount(pid) > 1;
}

function threadCount(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // It ended between the listing and the reading.
    return '';
  }
}

/** Sends a signal to each that still lives; one that has just gone is no error. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      if (pid > 1) process.kill(pid, signal);
    } catch {
      // Gone already, which is what was wanted.
    }
  }
}

/** Waits until none of them lives; answers with those that still do after `timeoutMs`. */
export async function awaitGone(pids: readonly number[], timeoutMs: number): Promise<readonly number[]> {
  const deadline = performance.now() + timeoutMs;
  let left = pids.filter(isRunning);
  while (left.length > 0 && performance.now() < deadline) {
    await delay(20);
    left = left.filter(isRunning);
  }
  return left;
}

/** SIGTERM, a time to leave, then SIGKILL. Throws when one cannot be ended at all. */
export async function endProcesses(pids: readonly number[], graceMs: number): Promise<void> {
  signalAll(pids, 'SIGTERM');
  const left = await awaitGone(pids, graceMs);
  signalAll(left, 'SIGKILL');
  const stuck = await awaitGone(left, 10_000);
  if (stuck.length > 0) throw new Error(`The processes ${stuck.join(', ')} cannot be ended.`);
}
