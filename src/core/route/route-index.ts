// Routes of a proxy by whose they are, by their names and by their ports: each unit looks for its own among hundreds.
import type { ObservedRoute } from '../../model/route.ts';
import type { UnitId } from '../../model/unit.ts';

export interface RouteIndex {
  /** Of this controller, in the order of the list. */
  ofUnit(unit: UnitId): readonly ObservedRoute[];
  /** Those that have one of these names, which are in lower case, each once and in the order of the list. */
  named(domains: readonly string[]): readonly ObservedRoute[];
  /** Streams that are taken there. */
  onPort(port: number): readonly ObservedRoute[];
}

export function indexRoutes(routes: readonly ObservedRoute[], controller: string): RouteIndex {
  const byUnit = new Map<UnitId, ObservedRoute[]>();
  const byName = new Map<string, number[]>();
  const byPort = new Map<number, ObservedRoute[]>();
  for (const [at, route] of routes.entries()) {
    const { owner, domains } = route;
    if (owner?.controller === controller) append(byUnit, owner.unit, route);
    if (route.incomingPort !== undefined) append(byPort, route.incomingPort, route);
    for (const domain of domains) append(byName, domain.toLowerCase(), at);
  }
  return {
    ofUnit: (unit) => byUnit.get(unit) ?? [],
    onPort: (port) => byPort.get(port) ?? [],
    named(domains) {
      const found = new Set(domains.flatMap((domain) => byName.get(domain) ?? []));
      return [...found].sort((a, b) => a - b).flatMap((at) => routes[at] ?? []);
    },
  };
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
