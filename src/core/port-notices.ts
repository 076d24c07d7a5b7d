// Ports of the host that a manifest may publish, and that deserve a second look: said in the plan, before it is done.
import type { Config } from '../model/config.ts';
import type { PortBinding } from '../model/container-spec.ts';
import type { Desired } from '../model/desired.ts';
import type { Problem } from '../model/problem.ts';
import type { UnitWorld } from '../model/world.ts';
import { problem } from './problem.ts';

const EVERYWHERE: readonly string[] = ['0.0.0.0', '::', ''];

/** Of a project by its manifest, of a stack by its files as Compose resolved them. */
export function portNotices(
  desired: Desired,
  { config, answers }: { config: Pick<Config, 'listen' | 'proxy'>; answers: UnitWorld['answers'] },
): Problem[] {
  const told = new Set(
    publishedBy(desired, answers).flatMap(({ published, hostIp }) => {
      if (published === null) return [];
      const owner = ownerOf(published, config);
      return [
        ...(owner === null ? [] : [`Port ${published} of the host is that of ${owner}`]),
        ...(EVERYWHERE.includes(hostIp)
          ? [`Port ${published} is published at every address of the host, also past its firewall`]
          : []),
      ];
    }),
  );
  return [...told].map((message) => notice(desired, message));
}

type Published = Pick<PortBinding, 'published' | 'hostIp'>;

function publishedBy(desired: Desired, answers: UnitWorld['answers']): readonly Published[] {
  if (desired.kind === 'project') return desired.spec.ports;
  const models = [...answers.values()].flatMap((answer) =>
    answer.ok && answer.type === 'stack' ? answer.model : [],
  );
  return models.flatMap(({ services }) =>
    Object.values(services).flatMap(({ publishedPorts }) => publishedPorts),
  );
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
