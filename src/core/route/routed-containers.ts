// Which containers the proxy's routes lead to, as the index keeps it beside each of them.
import type { ObservedContainer } from '../../model/observed.ts';
import type { ProxyRouteRow } from '../../model/record.ts';
import type { ObservedRoute, Traffic } from '../../model/route.ts';
import { namedTraffic } from './traffic.ts';
import { serviceRouteKey } from './wishes.ts';

/** In the words of the open part of a container's row. */
export interface RoutedExtra {
  route_key: string;
  domains: readonly string[];
  subdomain: string | null;
  npm_proxy_id: number | null;
  proxy_route_id: string | null;
}

export interface RoutedFacts {
  controller: string;
  reach: 'network' | 'published';
  /** What subdomains are below; null where the settings name none. */
  domain: string | null;
  routes: readonly ObservedRoute[];
  /** Of one engine. */
  byUnit: ReadonlyMap<string, readonly ObservedContainer[]>;
}

/** By id of the container. A route whose traffic cannot be read leads to none of them, as far as anybody knows. */
export function routedContainers(facts: RoutedFacts): Map<string, RoutedExtra> {
  const found = new Map<string, RoutedExtra>();
  for (const route of facts.routes) {
    const { owner } = route;
    if (owner === null || owner.controller !== facts.controller || route.type !== 'forward') continue;
    const mine = facts.byUnit.get(owner.unit) ?? [];
    const traffic = namedTraffic(route.traffic, { reach: facts.reach, containers: mine });
    const extra = extraOf(route, owner.key, facts.domain);
    for (const container of mine)
      if (leadsTo(traffic, container) || isService(container, owner)) found.set(container.id, extra);
  }
  return found;
}

/** The same as it was written down before: for a start at which the proxy does not answer. */
export function rememberedRoutes(rows: readonly ProxyRouteRow[], host: string): Map<string, RoutedExtra> {
  const own = rows.filter((row) => row.host === host);
  return new Map(
    own.map(({ id, routeKey, domains, subdomain, npmProxyId, proxyRouteId }) => [
      id.slice(host.length + 1),
      {
        route_key: routeKey,
        domains,
        subdomain,
        npm_proxy_id: npmProxyId,
        proxy_route_id: proxyRouteId,
      },
    ]),
  );
}

function extraOf({ id, domains }: ObservedRoute, key: string, domain: string | null): RoutedExtra {
  const below = domain === null ? undefined : domains.find((name) => name.endsWith(`.${domain}`));
  const number = /^proxy-host\/(\d+)$/.exec(id)?.[1];
  return {
    route_key: key,
    domains,
    subdomain: below === undefined ? null : below.slice(0, -`.${domain}`.length),
    npm_proxy_id: number === undefined ? null : Number(number),
    proxy_route_id: id,
  };
}

/** By its name, or by the alias that the containers of its generation share: lists of containers carry no aliases. */
function leadsTo(traffic: Traffic | null, { name, ours }: ObservedContainer): boolean {
  const targets = [...(traffic?.main ?? []), ...(traffic?.canary?.targets ?? [])];
  return targets.some(({ host }) => host === name || `${host}-${ours?.replica}` === name);
}

/** A service of a stack is reached by its own name, whatever Compose calls its containers. */
function isService(
  { compose, state }: ObservedContainer,
  { unit, key }: { unit: string; key: string },
): boolean {
  return compose !== null && state === 'running' && key === serviceRouteKey(unit, compose.service);
}
