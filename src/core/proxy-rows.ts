// All routes in one list: of workloads with their containers, stand-alone ones with their health, strangers' to look at.
import type { MonitorRow, ProxyRouteRow } from '../model/record.ts';
import type { ObservedRoute, Upstream } from '../model/route.ts';
import type { UnitStatus } from '../model/status.ts';
import type { UnitId } from '../model/unit.ts';

export interface ProxyRow {
  type: 'workload' | 'stand_alone' | 'stranger';
  domains: readonly string[];
  /** Null for strangers'. */
  status: UnitStatus | null;
  /** Who answers, as the index has them; empty for stand-alone routes and strangers'. */
  containers: readonly ProxyRouteRow[];
  /** As the proxy has it; null where it was not seen there. */
  route: ObservedRoute | null;
  /** What its monitor saw, newest first; empty where nobody watches it. */
  looks: readonly MonitorRow[];
}

/** Sorted by name; ours before strangers'. `routes` are the containers with a route, `observed` the newest look at the proxy. */
export function proxyRows(facts: {
  controller: string;
  units: readonly UnitStatus[];
  routes: readonly ProxyRouteRow[];
  observed: readonly ObservedRoute[];
  /** Of a stand-alone route, newest first. */
  looksAt: (unit: UnitId) => readonly MonitorRow[];
}): ProxyRow[] {
  const { controller, units, observed } = facts;
  const byUnit = Map.groupBy(facts.routes, ({ unit }) => unit);
  const isOurs = (route: ObservedRoute): boolean => route.owner?.controller === controller;
  const known = units
    .filter(({ domains, kind }) => domains.length > 0 || kind === 'proxy')
    .flatMap((status) =>
      rowsOf(status, {
        own: observed.filter((route) => isOurs(route) && route.owner?.unit === status.unit),
        containers: byUnit.get(status.unit) ?? [],
        looks: status.kind === 'proxy' ? facts.looksAt(status.unit) : [],
      }),
    );
  const strangers = observed
    .filter((route) => !isOurs(route))
    .map(
      (route): ProxyRow => ({
        type: 'stranger',
        domains: route.domains,
        status: null,
        containers: [],
        route,
        looks: [],
      }),
    );
  return [...known.sort(byName), ...strangers.sort(byName)];
}

/** One row each for the routes of a stack's services; else one for all that the unit is called. */
function rowsOf(
  status: UnitStatus,
  {
    own,
    containers,
    looks,
  }: {
    own: readonly ObservedRoute[];
    containers: readonly ProxyRouteRow[];
    looks: readonly MonitorRow[];
  },
): ProxyRow[] {
  const type = status.kind === 'proxy' ? 'stand_alone' : 'workload';
  const keys = new Set([
    ...own.map(({ owner }) => owner?.key),
    ...containers.map(({ routeKey }) => routeKey),
  ]);
  if (keys.size <= 1)
    return [{ type, domains: status.domains, status, containers, route: own[0] ?? null, looks }];
  const rows = [...keys].map((key): ProxyRow => {
    const route = own.find(({ owner }) => owner?.key === key) ?? null;
    const behind = containers.filter(({ routeKey }) => routeKey === key);
    return {
      type,
      domains: route?.domains ?? behind[0]?.domains ?? [],
      status,
      containers: behind,
      route,
      looks,
    };
  });
  const named = new Set(rows.flatMap(({ domains }) => domains));
  const left = status.domains.filter((name) => !named.has(name));
  return left.length === 0
    ? rows
    : [...rows, { type, domains: left, status, containers: [], route: null, looks }];
}

function byName(a: ProxyRow, b: ProxyRow): number {
  const [left, right] = [a, b].map(
    ({ domains, status, route }) => domains[0] ?? status?.unit ?? route?.id ?? '',
  );
  return left === right ? 0 : (left ?? '') < (right ?? '') ? -1 : 1;
}

/** `http://shop-prod-1a2b3c-1:80`, as the proxy has it. */
export function upstreamsOf({ route }: ProxyRow): string[] {
  const text = ({ scheme, host, port }: Upstream) => `${scheme}://${host}:${port}`;
  const canary = route?.traffic?.canary?.upstreams ?? [];
  return [...(route?.traffic?.main ?? []), ...canary].map(text);
}
