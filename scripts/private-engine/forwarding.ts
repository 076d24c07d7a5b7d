// Lets the containers of a private engine talk to each other on a machine whose firewall drops what it does not know.
import { spawnSync } from 'node:child_process';
import { programPath } from '../real-parts/paths.ts';

/**
 * A machine that runs Docker drops forwarded packets by default, and frames between two containers of one bridge count
 * as forwarded. One rule for the engine's own addresses is added there, and only there; elsewhere nothing is touched.
 */
export function allowForwarding(addressPool: string): void {
  const dropped = iptables(['--list-rules', 'FORWARD']).stdout.startsWith('-P FORWARD DROP');
  if (dropped) iptables(['--insert', 'FORWARD', ...ruleFor(addressPool)]);
}

/** Takes the rule away again; that there is none is no error. */
export function forgetForwarding(addressPool: string): void {
  const rules = iptables(['--list-rules', 'FORWARD']).stdout;
  if (rules.includes(`-s ${addressPool} -d ${addressPool} `))
    iptables(['--delete', 'FORWARD', ...ruleFor(addressPool)]);
}

function ruleFor(addressPool: string): readonly string[] {
  return ['--source', addressPool, '--destination', addressPool, '--jump', 'ACCEPT'];
}

function iptables(args: readonly string[]) {
  // --wait: another engine may hold the lock at this moment.
  const child = spawnSync(programPath('iptables'), ['--wait', ...args], { encoding: 'utf8' });
  return { stdout: child.stdout ?? '' };
}
