// Routes: what a manifest wants of the proxy, who gets the traffic, and what the proxy really has.
import type { UnitId } from './unit.ts';

/** `shop/prod`, `immich:immich-server` (a service of a stack), `nas`: who owns a route, and how it is found again. */
export type RouteKey = string;

/** Where a request goes, as the proxy is told. */
export interface Upstream {
  scheme: 'http' | 'https';
  /** A container's name or alias on a shared network, or an address. */
  host: string;
  port: number;
}

/** Which certificate a route has. `auto` is the one in the proxy that covers all of its names and lasts longest. */
export type CertificateWish =
  /** `orPlain` where no manifest asks for TLS: without a certificate that fits it is served by plain HTTP. */
  | { type: 'auto'; orPlain?: true }
  /** By its name in the proxy (`nice_name`). */
  | { type: 'named'; name: string }
  /** PEM from secrets, uploaded under a name of ours. References in a manifest's wish, names in what the proxy gets. */
  | { type: 'upload'; certificate: string; key: string }
  /** Asked for by the proxy itself; `dns` is the provider's plugin name, null for the HTTP challenge. */
  | { type: 'letsencrypt'; email: string | null; dns: { provider: string; credentials: string } | null };

export interface TlsWish {
  certificate: CertificateWish;
  /** Plain HTTP is sent on to HTTPS. */
  force: boolean;
  http2: boolean;
  hsts: boolean;
  hstsSubdomains: boolean;
}

export interface RouteLocation {
  path: string;
  upstream: Upstream;
  /** Path at the upstream, null for the same. */
  forwardPath: string | null;
  advancedConfig: string;
}

/** What a forwarding route has beside its upstream. */
export interface ForwardOptions {
  websockets: boolean;
  caching: boolean;
  blockExploits: boolean;
  /** By its name in the proxy; null for everybody. A name that is not there must never open the route. */
  accessList: string | null;
  locations: readonly RouteLocation[];
  /** Lines of the proxy's own language, as the manifest gives them; ours are never part of this. */
  advancedConfig: string;
}

export type RouteTarget =
  /** To containers or an address: who exactly is `Traffic`. */
  | { type: 'forward'; options: ForwardOptions }
  | {
      type: 'redirect';
      scheme: 'auto' | 'http' | 'https';
      domain: string;
      code: 300 | 301 | 302 | 303 | 307 | 308;
      preservePath: boolean;
      blockExploits: boolean;
    }
  | { type: 'not_found' }
  | { type: 'stream'; incomingPort: number; host: string; port: number; tcp: boolean; udp: boolean };

/** A route as the manifest wants it, without who gets the traffic. */
export interface RouteWish {
  key: RouteKey;
  unit: UnitId;
  /** Lower case, sorted; empty for streams. */
  domains: readonly string[];
  target: RouteTarget;
  /** Null for plain HTTP. */
  tls: TlsWish | null;
}

/** A container (by name), or the alias that the containers of one generation share, or an address that we do not run. */
export interface TrafficTarget {
  scheme: 'http' | 'https';
  host: string;
  port: number;
}

/** Who gets the requests. Several share them evenly. `null` for what forwards nowhere (redirects, streams, 404). */
export interface Traffic {
  main: readonly TrafficTarget[];
  canary: { targets: readonly TrafficTarget[]; share: number } | null;
}

/** The same after container names were turned into what the proxy can reach. Same order as in `Traffic`. */
export interface ResolvedTraffic {
  main: readonly Upstream[];
  /** `share` is from 0 to 1. Once chosen, a client stays by a cookie that the provider names. */
  canary: { upstreams: readonly Upstream[]; share: number } | null;
}

/** One field that is not as wished. Values are words for people, short, without secrets. */
export interface FieldDrift {
  field: string;
  is: string;
  shall: string;
}

export interface RouteOwner {
  controller: string;
  unit: UnitId;
  key: RouteKey;
  /** By which the proxy knows it still, where its workload has another name since. */
  writtenAs?: RouteKey;
}

/** A route as the proxy has it, in our words. */
export interface ObservedRoute {
  /** The provider's own, stable: `proxy-host/14`. */
  id: string;
  type: RouteTarget['type'];
  domains: readonly string[];
  /** Where a stream is taken; other routes have names. */
  incomingPort?: number;
  /** Read from the provider's mark; null for a stranger's or another controller's. */
  owner: RouteOwner | null;
  /** Who gets the traffic now; null where that cannot be read (a hand edit), or it forwards nowhere. */
  traffic: ResolvedTraffic | null;
  /** Who got it when we wrote the route last: where that is another, a hand sent it elsewhere. Null where nobody knows. */
  written: ResolvedTraffic | null;
  enabled: boolean;
  /** False where the proxy says that it does not serve this route; with what it says. */
  online: boolean;
  error: string | null;
  tls: boolean;
  /** The provider's own record, for `compare`; nobody else reads it, and it holds no secret. */
  raw: unknown;
}

/** One look at all of a proxy. */
export interface ProxyView {
  routes: readonly ObservedRoute[];
}
