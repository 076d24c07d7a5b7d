// Containers that have a route, by engine; nothing is looked for where no proxy is.
import { type RoutedExtra, rememberedRoutes, routedContainers } from '../core/route/routed-containers.ts';
import type { ObservedRoute } from '../model/route.ts';
import type { EngineDeps } from './deps.ts';
import type { Observation } from './observe.ts';

type Routed = ReadonlyMap<string, ReadonlyMap<string, RoutedExtra>>;

const NOBODY: Routed = new Map();

/** `routes` are null while the proxy has not answered since the start: then the index keeps what it has. */
export function findRouted(
  { config, store }: Pick<EngineDeps, 'config' | 'store'>,
  { observations, routes }: { observations: Iterable<Observation>; routes: readonly ObservedRoute[] | null },
): Routed {
  const { proxy, controller } = config;
  if (proxy === null) return NOBODY;
  const rows = routes === null ? store.proxyRoutes() : [];
  const found = new Map<string, ReadonlyMap<string, RoutedExtra>>();
  for (const { host, reachable, byUnit } of observations) {
    if (!reachable) continue;
    found.set(
      host,
      routes === null
        ? rememberedRoutes(rows, host)
        : routedContainers({ controller, reach: proxy.reach, domain: proxy.domain, routes, byUnit }),
    );
  }
  return found;
}
