// The routes that a unit wants of the proxy, each under the key by which it is found again.
import type { Desired, DesiredRoute } from '../../model/desired.ts';
import type { CertificateWish, RouteKey, RouteWish, TlsWish } from '../../model/route.ts';
import type { UnitId } from '../../model/unit.ts';
import { secretName } from '../config-context.ts';

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
    return [{ key: unit, unit, domains, target: desired.target, tls: withNames(tls) }];
  }
  return forwardWish(route, { unit, key: unit });
}

/** `immich:immich-server`. */
export function serviceRouteKey(unit: UnitId, service: string): RouteKey {
  return `${unit}:${service}`;
}

/** The unit that a route belongs to, by its key alone. */
export function unitOfRoute(key: RouteKey): UnitId {
  return key.split(':')[0] ?? key;
}

function forwardWish(
  route: DesiredRoute | null,
  { unit, key }: { unit: UnitId; key: RouteKey },
): RouteWish[] {
  if (route === null || route.domains.length === 0) return [];
  const { domains, options, tls } = route;
  return [{ key, unit, domains, target: { type: 'forward', options }, tls: withNames(tls) }];
}

/** A manifest refers to secrets as `${secret:NAME}`; whoever serves the wish looks them up by their names. */
function withNames(tls: TlsWish | null): TlsWish | null {
  return tls === null ? null : { ...tls, certificate: certificateWithNames(tls.certificate) };
}

function certificateWithNames(wish: CertificateWish): CertificateWish {
  if (wish.type === 'upload')
    return { ...wish, certificate: secretName(wish.certificate), key: secretName(wish.key) };
  if (wish.type !== 'letsencrypt' || wish.dns === null) return wish;
  return { ...wish, dns: { ...wish.dns, credentials: secretName(wish.dns.credentials) } };
}
