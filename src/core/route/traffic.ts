// Who gets the requests of a generation: by which names the proxy is told, and what it tells in those names.
import type { ObservedContainer } from '../../model/observed.ts';
import type { ResolvedTraffic, Traffic, TrafficTarget, Upstream } from '../../model/route.ts';
import { canonicalJson } from '../canonical.ts';

export function sameTraffic(a: Traffic | null, b: Traffic | null): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

/**
 * What the proxy has, in names of containers. Published ports are the engine's choice and change with each start, so an
 * upstream that is no running container's port any more stays what it is: an address, which no plan wants.
 */
export function namedTraffic(
  traffic: ResolvedTraffic | null,
  { reach, containers }: { reach: 'network' | 'published'; containers: readonly ObservedContainer[] },
): Traffic | null {
  if (traffic === null) return null;
  const named = (upstreams: readonly Upstream[]): TrafficTarget[] =>
    upstreams.map((upstream) => (reach === 'network' ? upstream : byPort(upstream, containers)));
  return {
    main: named(traffic.main),
    canary:
      traffic.canary === null
        ? null
        : { targets: named(traffic.canary.upstreams), share: traffic.canary.share },
  };
}

/** The engine chooses a port for each family, and what IPv6 has may be another container's by IPv4. Names count as IPv4. */
export function isSameFamily(hostIp: string, host: string): boolean {
  return hostIp.includes(':') === host.includes(':');
}

function byPort(upstream: Upstream, containers: readonly ObservedContainer[]): TrafficTarget {
  for (const container of containers) {
    const port = container.ports.find(
      ({ published, protocol, hostIp }) =>
        published === upstream.port && protocol === 'tcp' && isSameFamily(hostIp, upstream.host),
    );
    if (port !== undefined && container.state === 'running')
      return { scheme: upstream.scheme, host: container.name, port: port.target };
  }
  return upstream;
}
