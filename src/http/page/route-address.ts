// Where a browser finds a route: the scheme that it is served by, and the port that the proxy takes requests at.
import type { ProxyConfig } from '../../model/config.ts';
import type { ObservedRoute } from '../../model/route.ts';

/** The name is checked when manifests are read; whatever it holds, the address begins with the scheme. */
export type RouteAddress = (domain: string) => string;

/** By TLS where nothing is known of the name: a route that is not served yet, or by a proxy that is not ours to ask. */
export function routeAddresses(
  proxy: Pick<ProxyConfig, 'traffic'> | null,
  observed: readonly Pick<ObservedRoute, 'domains' | 'tls'>[],
): RouteAddress {
  const plain = new Set(observed.filter(({ tls }) => !tls).flatMap(({ domains }) => domains));
  const port = (side: 'http' | 'https'): string => {
    const found = proxy === null ? '' : new URL(proxy.traffic[side]).port;
    return found === '' ? '' : `:${found}`;
  };
  const ports = { http: port('http'), https: port('https') };
  return (domain) => {
    const scheme = plain.has(domain) ? 'http' : 'https';
    return `${scheme}://${encodeURIComponent(domain)}${ports[scheme]}/`;
  };
}
