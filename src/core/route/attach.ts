// What a container needs so that the proxy reaches it: a place on the shared network, or a published port.
import type { ContainerSpec } from '../../model/container-spec.ts';
import type { DesiredCommon } from '../../model/desired.ts';
import type { RoutesWorld, UnitWorld } from '../../model/world.ts';
import type { WantedRoute } from '../generation/wanted.ts';

export interface Attached {
  /** What the container is made from. */
  spec: ContainerSpec;
  /**
   * What its generation is told by. A network can be joined while it runs, so a proxy that comes later replaces no
   * container; a port cannot be published later, so there it does.
   */
  identity: ContainerSpec;
}

export function attach(
  spec: ContainerSpec,
  { proxy, port }: { proxy: RoutesWorld | null; port: number | null },
): Attached {
  const isRouted = proxy !== null && port !== null && proxy.routes.length > 0;
  if (!isRouted || spec.networkMode !== null) return { spec, identity: spec };
  if (proxy.reach === 'network') {
    if (proxy.network === null || spec.networks.includes(proxy.network)) return { spec, identity: spec };
    return { spec: { ...spec, networks: [...spec.networks, proxy.network] }, identity: spec };
  }
  if (spec.ports.some(({ target, protocol }) => target === port && protocol === 'tcp'))
    return { spec, identity: spec };
  const published: ContainerSpec = {
    ...spec,
    ports: [
      ...spec.ports,
      { target: port, published: null, hostIp: proxy.address ?? '127.0.0.1', protocol: 'tcp' },
    ],
  };
  return { spec: published, identity: published };
}

/** Null where nothing is routed, or nobody says which port. `networks` are the manifest's own. */
export function wantedRoute(
  { proxy, desired }: Pick<UnitWorld, 'proxy'> & { desired: DesiredCommon },
  { port, networks }: { port: number | null; networks: readonly string[] },
): WantedRoute | null {
  if (proxy === null || proxy.routes.length === 0 || port === null) return null;
  const network = proxy.reach === 'network' ? proxy.network : null;
  return {
    port,
    scheme: desired.route?.scheme ?? 'http',
    adopt: desired.adopt,
    network,
    isOwnNetwork: network !== null && networks.includes(network),
  };
}
