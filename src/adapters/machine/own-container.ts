// Which container this process runs in: told by what the engine mounts into each of its containers.
import { readFileSync } from 'node:fs';

/** The full id; null outside of containers, and where the engine's way of mounting is another one. */
export function readOwnContainer(mountsFile = '/proc/self/mountinfo'): string | null {
  try {
    return ownContainerIn(readFileSync(mountsFile, 'utf8'));
  } catch {
    return null;
  }
}

/** The names of the machine, the hosts and the resolver come from `…/containers/ID/`, also with the host's network. */
export function ownContainerIn(mountInfo: string): string | null {
  for (const line of mountInfo.split('\n')) {
    const [, , , root = '', target = ''] = line.split(' ');
    if (!['/etc/hostname', '/etc/hosts', '/etc/resolv.conf'].includes(target)) continue;
    const id = /\/containers\/([0-9a-f]{64})\//.exec(root)?.[1];
    if (id !== undefined) return id;
  }
  return null;
}
