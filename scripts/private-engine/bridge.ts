// Gives each private engine a bridge and an address range of its own, so that several run on one machine side by side.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { programPath } from '../real-parts/paths.ts';

export interface Bridge {
  readonly name: string;
  readonly addressPool: string;
}

const firstRange = 100;
const rangeCount = 100;

/**
 * Makes a bridge with a number that nobody on this machine has. `ip link add` is the arbiter: it refuses a name that
 * exists, so two engines that start at once, from two checkouts even, never share one.
 */
export function makeBridge(engineDirectory: string): Bridge {
  const start = createHash('sha256').update(engineDirectory).digest().readUInt16BE(0) % rangeCount;
  for (let step = 0; step < rangeCount; step++) {
    const number = (start + step) % rangeCount;
    const prefix = `10.${firstRange + number}.`;
    if (addressInUse(prefix)) continue;
    const name = `tfbr${number}`;
    const added = ip(['link', 'add', 'name', name, 'type', 'bridge']);
    if (!added.ok && /exists/i.test(added.stderr)) continue;
    if (!added.ok) throw new Error(`A network bridge could not be made: ${added.stderr}`);
    const ready =
      ip(['addr', 'add', `${prefix}255.1/24`, 'dev', name]).ok && ip(['link', 'set', name, 'up']).ok;
    if (!ready) throw new Error(`The network bridge ${name} could not be given an address.`);
    return { name, addressPool: `${prefix}0.0/16` };
  }
  throw new Error('All of 10.100.0.0 to 10.199.0.0 is in use; stop an engine: scripts/engine list.');
}

/** Removes the bridge and those of the engine's other networks, known by their addresses: the daemon leaves them. */
export function removeBridges(bridge: Bridge): void {
  const prefix = bridge.addressPool.replace(/\.0\.0\/16$/, '.');
  const listed = ip(['-o', '-4', 'addr', 'show']).stdout;
  const names = [...listed.matchAll(/^\d+:\s+(\S+)\s+inet (\S+)/gm)]
    .filter(([, , address]) => address?.startsWith(prefix))
    .map(([, name]) => name ?? '');
  for (const name of new Set([...names, bridge.name])) ip(['link', 'delete', name]);
}

function addressInUse(prefix: string): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some((entry) => entry.address.startsWith(prefix)),
  );
}

function ip(args: readonly string[]) {
  const child = spawnSync(programPath('ip'), args, { encoding: 'utf8' });
  return { ok: child.status === 0, stdout: child.stdout ?? '', stderr: (child.stderr ?? '').trim() };
}
