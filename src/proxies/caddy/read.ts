// From Caddy's configuration to routes in our words: ours with their mark and traffic, and strangers' names.
import type { ControllerNames } from '../../core/controller-names.ts';
import { unitOfRoute } from '../../core/route/wishes.ts';
import type { ObservedRoute, ResolvedTraffic, RouteKey, RouteTarget, Upstream } from '../../model/route.ts';
import {
  type CaddyConfig,
  type CaddyRoute,
  handlersOf,
  hostsOf,
  isRecord,
  listOf,
  member,
  partsOf,
} from './config.ts';
import { readMark } from './mark.ts';
import { FALLBACK_ID, isPreviewId, readRouteId, TLS_SERVER } from './names.ts';

/** Caddy's own record of one of our routes, on one server or both. */
export interface RawRoute {
  plain: CaddyRoute | null;
  twin: CaddyRoute | null;
}

export function readRoutes(config: CaddyConfig, names: ControllerNames): ObservedRoute[] {
  const ours = new Map<RouteKey, RawRoute & { id: string }>();
  const strangers: ObservedRoute[] = [];
  for (const server of config.servers) {
    server.routes.forEach((route, index) => {
      if (isFallback(route) || isPreviewId(route['@id'])) return;
      const named = readRouteId(route['@id'], names);
      if (named === null)
        strangers.push(observeStranger(route, strangerId(route, { server: server.name, index })));
      else {
        const { id, key, isTwin } = named;
        const raw = ours.get(key) ?? { id, plain: null, twin: null };
        ours.set(key, { ...raw, [isTwin ? 'twin' : 'plain']: route });
      }
    });
  }
  const observed = [...ours].map(([key, { id, ...raw }]) => {
    const owner = { controller: names.controller, unit: unitOfRoute(key), key };
    return { ...observeOurs(raw), id, owner };
  });
  return [...observed, ...strangers];
}

/** Without an @id a route has no name but its place, which moves; it is looked at again before it is touched. */
export function strangerId(route: CaddyRoute, { server, index }: { server: string; index: number }): string {
  return typeof route['@id'] === 'string' ? route['@id'] : `${server}/${index}`;
}

/** Ours that says 404 to the names that nobody has; also in the TLS server. */
export const isFallback = (route: CaddyRoute): boolean =>
  route['@id'] === FALLBACK_ID || route['@id'] === `${FALLBACK_ID}-${TLS_SERVER}`;

export const partOf = (route: CaddyRoute | null, name: string): CaddyRoute | null =>
  partsOf(route).find((part) => part['@id'] === `${route?.['@id']}-${name}`) ?? null;

function observeOurs(raw: RawRoute): Omit<ObservedRoute, 'id' | 'owner'> {
  const route = raw.plain ?? raw.twin ?? {};
  const traffic = readTraffic(route, readMark(route)?.share ?? null);
  return {
    ...{ raw, traffic, written: readWritten(route, traffic), enabled: true, online: true, error: null },
    type: typeOf(route),
    domains: hostsOf(route).sort(),
    tls: raw.twin !== null,
  };
}

function observeStranger(route: CaddyRoute, id: string): ObservedRoute {
  return {
    ...{ id, raw: null, owner: null, written: null, enabled: true, online: true, error: null, tls: false },
    type: 'forward',
    traffic: trafficTo(readUpstreams(route)),
    domains: hostsOf(route).sort(),
  };
}

function typeOf(route: CaddyRoute): RouteTarget['type'] {
  const target = handlersOf(partOf(route, 'target'))[0];
  if (target === undefined) return 'forward';
  return target.status_code === 404 ? 'not_found' : 'redirect';
}

const trafficTo = (main: Upstream[] | null): ResolvedTraffic | null =>
  main === null ? null : { main, canary: null };

/** Null where anything was changed by hand so that who is meant cannot be told. */
function readTraffic(route: CaddyRoute, share: number | null): ResolvedTraffic | null {
  const main = readUpstreams(partOf(route, 'main'));
  if (main === null) return null;
  const canary = partOf(route, 'canary');
  if (canary === null) return trafficTo(main);
  const upstreams = readUpstreams(canary);
  return upstreams === null || share === null ? null : { main, canary: { upstreams, share } };
}

/** As the route itself answers when we ask who it is: that part a hand has no reason to touch. */
function readWritten(route: CaddyRoute, traffic: ResolvedTraffic | null): ResolvedTraffic | null {
  const [said = ''] = String(handlersOf(partOf(route, 'who'))[0]?.body ?? '').split(' ');
  const found = said.split(',').map((text) => /^(.+):([0-9]{1,5})$/.exec(text));
  const scheme = traffic?.main[0]?.scheme ?? 'http';
  const main = found.flatMap((parts): Upstream[] =>
    parts === null ? [] : [{ scheme, host: parts[1] ?? '', port: Number(parts[2]) }],
  );
  return main.length < found.length ? null : { main, canary: traffic?.canary ?? null };
}

function readUpstreams(part: CaddyRoute | null): Upstream[] | null {
  const proxy = handlersOf(part).find(({ handler }) => handler === 'reverse_proxy');
  if (proxy === undefined) return null;
  const scheme = isRecord(member(proxy.transport, 'tls')) ? 'https' : 'http';
  const found = listOf(proxy.upstreams).map((entry) => readDial(member(entry, 'dial')));
  const read = found.filter((address) => address !== null);
  return read.length === 0 || read.length < found.length
    ? null
    : read.map((address) => ({ scheme, ...address }));
}

function readDial(dial: unknown): { host: string; port: number } | null {
  const found = typeof dial === 'string' ? /^(?:\[([^\]]+)\]|([^:/{}]+)):([0-9]{1,5})$/.exec(dial) : null;
  const host = found?.[1] ?? found?.[2];
  return host === undefined ? null : { host, port: Number(found?.[3]) };
}
