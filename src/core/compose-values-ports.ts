// Ports as Compose writes them: `8080`, `8080:80/tcp`, `127.0.0.1:8080:80`, ranges, and the long form.
import type { PortBinding } from '../model/container-spec.ts';
import { type Parsed, right, wrong } from './compose-values.ts';

export interface LongPort {
  target: number;
  published?: string | number;
  host_ip?: string;
  protocol?: string;
}

/** More ports than anybody publishes one by one. */
const MAX_RANGE = 100;

export function portBindings(port: string | number | LongPort): Parsed<PortBinding[]> {
  if (typeof port === 'number')
    return pair({ target: `${port}`, published: '', hostIp: '', protocol: 'tcp' });
  if (typeof port === 'object') {
    return pair({
      target: `${port.target}`,
      published: `${port.published ?? ''}`,
      hostIp: port.host_ip ?? '',
      protocol: port.protocol ?? 'tcp',
    });
  }
  const [address = '', protocol = 'tcp'] = port.split('/');
  const [, hostIp = '', published = '', target = ''] =
    /^(?:(?:(\[[0-9a-fA-F:.]+\]|[0-9.]*):)?([0-9-]*):)?([0-9-]+)$/.exec(address) ?? [];
  if (target === '') {
    return wrong(
      'BadFormat',
      'A port is written HOST:CONTAINER, with numbers.',
      'for example `"8080:80"` or `"127.0.0.1:8080:80"`',
    );
  }
  return pair({ target, published, hostIp: hostIp.replaceAll(/[[\]]/g, ''), protocol });
}

function pair(port: {
  target: string;
  published: string;
  hostIp: string;
  protocol: string;
}): Parsed<PortBinding[]> {
  const { hostIp } = port;
  const protocol = port.protocol.toLowerCase();
  if (protocol !== 'tcp' && protocol !== 'udp') {
    return wrong('NotAllowed', 'The protocol of a port is `tcp` or `udp`.', 'for example `"53:53/udp"`');
  }
  const targets = range(port.target);
  const hosts = port.published === '' ? [] : range(port.published);
  if (targets === null || hosts === null) {
    return wrong(
      'OutOfRange',
      `A port is a number from 1 to 65535; a range has at most ${MAX_RANGE}.`,
      'for example `"8080:80"`',
    );
  }
  if (hosts.length > 0 && hosts.length !== targets.length) {
    return wrong(
      'BadFormat',
      'The two ranges of ports are not of the same length.',
      'for example `"3000-3002:4000-4002"`',
    );
  }
  return right(
    targets.map((target, index) => ({ target, published: hosts[index] ?? null, hostIp, protocol })),
  );
}

function range(text: string): number[] | null {
  const [first = '', last = first, ...more] = text.split('-');
  const from = Number(first);
  const to = Number(last);
  const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65_535;
  if (more.length > 0 || first === '' || last === '' || !isPort(from) || !isPort(to)) return null;
  if (to < from || to - from >= MAX_RANGE) return null;
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
