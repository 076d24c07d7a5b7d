// Ports of the host that a manifest may publish, and that deserve a second look: said in the plan, before it is done.
import type { Config } from '../model/config.ts';
import type { Desired } from '../model/desired.ts';
import type { Problem } from '../model/problem.ts';
import { problem } from './problem.ts';

const EVERYWHERE: readonly string[] = ['0.0.0.0', '::', ''];

/** Of a project; what a stack publishes is judged with its Compose file. */
export function portNotices(desired: Desired, config: Pick<Config, 'listen' | 'proxy'>): Problem[] {
  if (desired.kind !== 'project') return [];
  return desired.spec.ports.flatMap(({ published, hostIp }) => {
    if (published === null) return [];
    const owner = ownerOf(published, config);
    const texts = [
      ...(owner === null ? [] : [`Port ${published} of the host is that of ${owner}`]),
      ...(EVERYWHERE.includes(hostIp)
        ? [`Port ${published} is published at every address of the host, also past its firewall`]
        : []),
    ];
    return texts.map((message) => notice(desired, message));
  });
}

function ownerOf(port: number, { listen, proxy }: Pick<Config, 'listen' | 'proxy'>): string | null {
  if (port === listen.port) return 'Tinyforge itself';
  if (port === 22) return 'SSH';
  if (proxy === null) return null;
  const addresses = [proxy.url, proxy.traffic.http, proxy.traffic.https];
  return addresses.some((address) => portOf(address) === port) ? 'the proxy' : null;
}

function portOf(address: string): number {
  const { port, protocol } = new URL(address);
  return Number(port || (protocol === 'https:' ? 443 : 80));
}

function notice({ unit, source, place }: Desired, message: string): Problem {
  return problem({
    severity: 'info',
    reason: 'PortExposed',
    message,
    hint: 'leave it to the proxy with `domains`, or publish it at 127.0.0.1',
    workload: unit,
    source,
    file: place.file,
    line: place.line,
  });
}
