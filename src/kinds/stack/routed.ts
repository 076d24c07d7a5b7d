// The route of one service: where it leads for a generation, and what keeps it from being as named.
import { canonicalJson } from '../../core/canonical.ts';
import { problem } from '../../core/problem.ts';
import { routeObstacle } from '../../core/route/steps.ts';
import { serviceRouteKey } from '../../core/route/wishes.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { Problem } from '../../model/problem.ts';
import type { StackService } from '../../model/resolved.ts';
import type { TrafficTarget } from '../../model/route.ts';
import type { RoutesWorld, RouteView, UnitWorld } from '../../model/world.ts';

type World = UnitWorld<DesiredStack>;

export interface ServiceRoute {
  proxy: RoutesWorld;
  view: RouteView;
  port: number;
  scheme: 'http' | 'https';
  adopt: boolean;
  drainMs: number;
  /** The manifest says another route than when it last converged: what differs is no hand edit. */
  isChanged: boolean;
  /** The network to join, where the Compose file does not name it itself; null where there is none. */
  join: string | null;
  /** The host's port is the engine's choice, and another one after each start. */
  isPortLoose: boolean;
}

export interface Named {
  name: string;
  service: StackService;
}

/** How the proxy has the route of this service; null where it has none to have. */
export function viewOf(world: World, { name, service }: Named): RouteView | null {
  if (service.scale === 0 || world.desired.state === 'stopped') return null;
  const { proxy, desired } = world;
  const key = serviceRouteKey(desired.unit, name);
  const routes = proxy?.routes ?? [];
  const own = routes.find(({ wish }) => wish.key === key);
  if (own !== undefined || world.pin === null) return own ?? null;
  // It stands in for what is no stack, and so its route may have another key.
  const names = desired.services[name]?.route?.domains ?? [];
  return routes.find(({ wish }) => wish.domains.some((one) => names.includes(one))) ?? null;
}

/** Null where nothing can be routed now: no proxy, or away, or an obstacle that is told by itself. */
export function routeOf(world: World, named: Named): ServiceRoute | null {
  const { proxy, desired, lastApplied } = world;
  const { name, service } = named;
  const view = viewOf(world, named);
  const own = desired.services[name];
  const port = portOf(world, named);
  if (proxy === null || proxy.away !== null || view === null || own?.route == null || port === null)
    return null;
  if (routeTrouble(world, named) !== null) return null;
  const before = lastApplied?.desired.kind === 'stack' ? lastApplied.desired.services[name]?.route : null;
  const network = proxy.reach === 'network' ? proxy.network : null;
  return {
    proxy,
    view,
    port,
    scheme: own.route.scheme,
    adopt: desired.adopt,
    drainMs: own.drainMs,
    isChanged: canonicalJson(before ?? null) !== canonicalJson(own.route),
    join: network === null || Object.hasOwn(service.endpoints, network) ? null : network,
    isPortLoose:
      proxy.reach === 'published' &&
      service.ports.some(({ target, published }) => target === port && published === null),
  };
}

/** By the alias of the generation; by each container where the Compose file joins the network, or only ports are known. */
export function targetsOf(
  route: ServiceRoute,
  given: { project: string; name: string; specHash: string; containers: readonly string[] },
): TrafficTarget[] {
  const { scheme, port } = route;
  if (route.join !== null) return [{ scheme, host: generationAlias(given), port }];
  return given.containers.map((host) => ({ scheme, host, port }));
}

/** `immich-web-4be1c0`. */
export function generationAlias(given: { project: string; name: string; specHash: string }): string {
  return `${given.project}-${given.name}-${given.specHash.slice(0, 6)}`;
}

/** What keeps the route of this service from being as named; null where nothing does, or the proxy is away. */
export function routeTrouble(world: World, named: Named): Problem | null {
  const { proxy, desired } = world;
  const { name, service } = named;
  const view = viewOf(world, named);
  if (proxy === null || view === null || proxy.away !== null) return null;
  const { unit, source, place } = desired;
  const at = { workload: unit, source, file: place.file, line: place.line };
  if (Object.keys(service.endpoints).length === 0)
    return problem({
      ...at,
      reason: 'ProxyCannotReach',
      message: `${name} of ${unit} is not routed: the proxy reaches no container with network_mode`,
      hint: 'take `network_mode` out, or write a manifest of kind proxy that leads to its address',
    });
  const port = portOf(world, named);
  if (port === null)
    return problem({
      ...at,
      reason: 'RoutePortMissing',
      message: `${name} of ${unit} is not routed: nothing says which port of its containers`,
      hint: `add \`port:\` with the port of the container under services.${name}`,
    });
  if (proxy.reach === 'published' && !service.ports.some(({ target }) => target === port))
    return problem({
      ...at,
      reason: 'ProxyCannotReach',
      message: `${name} of ${unit} is not routed: the proxy reaches published ports, and its Compose file does not publish ${port}`,
      hint: `add \`ports: ["${port}"]\` to ${name} in the Compose file: the engine then chooses the host's port`,
    });
  return routeObstacle(unit, view, { adopt: desired.adopt });
}

/**
 * Others get the requests by a route of ours that cannot be changed now: the proxy is away, or does not take what is
 * wished. Whoever serves goes on serving until it can.
 */
export function isFrozen(world: World, named: Named): boolean {
  const view = viewOf(world, named);
  if (view === null || world.proxy === null) return false;
  return world.proxy.away !== null || (view.id !== null && routeTrouble(world, named) !== null);
}

/** As the manifest says, else the only one that the Compose file publishes. */
function portOf({ desired }: World, { name, service }: Named): number | null {
  const written = desired.services[name]?.route?.port ?? null;
  const [only, ...more] = new Set(service.ports.map(({ target }) => target));
  return written ?? (more.length === 0 ? (only ?? null) : null);
}
