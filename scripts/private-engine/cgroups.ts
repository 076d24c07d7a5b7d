// The cgroups of a private engine: mounted where the machine has none, and swept when the engine goes.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

const mountPoint = '/sys/fs/cgroup';

/** The daemon does not start without cgroups; a bare container or a minimal boot has none mounted. */
export function ensureCgroups(): void {
  if (hierarchies().length > 0) return;
  const mounted = spawnSync('mount', ['-t', 'cgroup2', 'none', mountPoint], { encoding: 'utf8' });
  if (mounted.status !== 0)
    throw new Error(`No cgroups are mounted, and mounting them failed: ${mounted.stderr.trim()}`);
}

/** Where cgroups are mounted: one place with version 2, one for each controller with version 1. */
function hierarchies(): readonly string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, place = '']) => place);
}

/** The ids of all processes below a cgroup, such as those of every container of one engine. */
export function processesBelow(cgroup: string): readonly number[] {
  const pids = groupsBelow(cgroup).flatMap((folder) =>
    readFileIfThere(join(folder, 'cgroup.procs')).split('\n'),
  );
  return [...new Set(pids.filter((line) => line !== '').map(Number))];
}

/** Removes the empty cgroups. One that is still being emptied by the kernel stays, which costs nothing. */
export function removeCgroups(cgroup: string): void {
  for (const folder of groupsBelow(cgroup).toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      // Busy for a moment longer; its name is free for the next engine of this number all the same.
    }
  }
}

function groupsBelow(cgroup: string): readonly string[] {
  const walk = (folder: string): readonly string[] => [
    folder,
    ...readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap((entry) => walk(join(folder, entry.name))),
  ];
  return hierarchies()
    .map((place) => join(place, cgroup))
    .filter((folder) => existsSync(folder))
    .flatMap(walk);
}

function readFileIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
