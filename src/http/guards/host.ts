// Which names we answer to: a web page that rebinds its own name to our address (DNS rebinding) is not served.
import { isIP } from 'node:net';
import type { Config } from '../../model/config.ts';
import { quoted, type Refusal } from '../refusal.ts';

/** True for a host that only this machine reaches: `localhost`, 127.0.0.0/8, `::1`. */
export function isLoopback(host: string): boolean {
  const name = bare(host);
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}

/** The name in a Host header without port and brackets, in lower case; null where it is not a host at all. */
export function hostName(header: string): string | null {
  const found = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]{1,253})(?::\d{1,5})?$/i.exec(header);
  return found === null ? null : bare(found[1] ?? '');
}

/** Gives null for a Host that is ours, else the refusal. The port is not compared: it may be mapped. */
export function createHostGuard(
  config: Pick<Config, 'listen' | 'hosts'>,
): (header: string | undefined) => Refusal | null {
  const listen = bare(config.listen.host);
  const names = new Set([...config.hosts.map(bare), listen]);
  // Listening on every address, the listen host is any of the machine's; a rebound name is never a bare address.
  const anyAddress = listen === '0.0.0.0' || listen === '::';
  return (header) => {
    const name = header === undefined ? null : hostName(header);
    if (name !== null && (isLoopback(name) || names.has(name) || (anyAddress && isIP(name) !== 0)))
      return null;
    return {
      status: 403,
      code: 'HOST_UNKNOWN',
      reason: 'HostUnknown',
      message:
        header === undefined
          ? 'The request names no host.'
          : `${quoted(header)} is not a name of this Tinyforge.`,
      hint: 'If it is meant to be one, add it to `hosts` in tinyforge.yaml.',
    };
  };
}

function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}
