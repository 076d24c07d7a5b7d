// The routes that a unit wants of the proxy, each under the key by which it is found again.
import type { Desired, DesiredRoute } from '../../model/desired.ts';
import type { RouteKey, RouteWish } from '../../model/route.ts';
import type { UnitId } from '../../model/unit.ts';

/** In the order of their keys. A stopped proxy wants none; what else is stopped keeps its names. */
export function routeWishes(desired: Desired): RouteWish[] {
  const { unit, route } = desired;
  if (desired.kind === 'stack') {
    return Object.entries(desired.services)
      .flatMap(([service, { route: own }]) => forwardWish(own, { unit, key: serviceRouteKey(unit, service) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }
  if (desired.kind === 'proxy') {
    if (desired.state === 'stopped') return [];
    const { domains = [], tls = null } = route ?? {};
    return [{ key: unit, unit, domains, target: desired.target, tls }];
  }
  return forwardWish(route, { unit, key: unit });
}

/** `immich:immich-server`. */
export function serviceRouteKey(unit: UnitId, service: string): RouteKey {
  return `${unit}:${service}`;
}

function forwardWish(
  route: DesiredRoute | null,
  { unit, key }: { unit: UnitId; key: RouteKey },
): RouteWish[] {
  if (route === null || route.domains.length === 0) return [];
  const { domains, options, tls } = route;
  return [{ key, unit, domains, target: { type: 'forward', options }, tls }];
}
