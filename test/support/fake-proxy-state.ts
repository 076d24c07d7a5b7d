// What a fake proxy holds: routes with their marks and traffic, and what was asked of it.
import { type Disposition, type Fault, fault } from '../../src/model/errors.ts';
import type {
  FieldDrift,
  ObservedRoute,
  ResolvedTraffic,
  RouteTarget,
  RouteWish,
  Upstream,
} from '../../src/model/route.ts';
import type { ProxyAnswer, ProxyProvider, RoutePut } from '../../src/ports/proxy-provider.ts';

/** One route in the proxy. A stranger's has no owner, and no wish. */
export interface FakeRoute {
  id: string;
  type: RouteTarget['type'];
  domains: readonly string[];
  owner: ObservedRoute['owner'];
  wish: RouteWish | null;
  traffic: ResolvedTraffic | null;
  /** As it was put last, whatever a hand made of it since. */
  written: ResolvedTraffic | null;
  enabled: boolean;
  online: boolean;
  error: string | null;
  /** Fields that somebody changed by hand; the next put takes them away. */
  edits: FieldDrift[];
  /** Counts up with each write. */
  revision: number;
}

/** What an upstream says when it is asked through the proxy; what is left out is a plain 200. */
export type AnswerOf = (
  upstream: Upstream,
  request: { path: string; preview: boolean },
) => Partial<ProxyAnswer> | Promise<Partial<ProxyAnswer>>;

export type FaultyCall = 'list' | 'put' | 'remove' | 'ask' | 'who' | 'check';

export interface FakeProxyState {
  routes: Map<string, FakeRoute>;
  /** Each put that was asked for, in their order, whether or not it changed anything. */
  puts: RoutePut[];
  removed: string[];
  asked: { domain: string; path: string; preview: Upstream | null }[];
  lists: number;
  /** What was really changed: a pass that had nothing to do leaves it as it was. */
  writes: number;
  away: Error | null;
  refuses: (wish: RouteWish) => string | null;
  answerOf: AnswerOf;
  serial: number;
}

export function createFakeProxyState(): FakeProxyState {
  return {
    routes: new Map(),
    puts: [],
    removed: [],
    asked: [],
    lists: 0,
    writes: 0,
    away: null,
    refuses: () => null,
    answerOf: () => ({}),
    serial: 0,
  };
}

/** A fault as the port's documentation names it: ProxyAway, RouteConflict, RouteNotServed, … */
export function proxyFault(reason: string, disposition: Disposition, message: string): Fault {
  const code = reason.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  return fault({ code, reason, message, disposition, hint: 'A hint.' });
}

export const proxyAway = (): Fault =>
  proxyFault('ProxyAway', 'retry', 'the proxy does not answer (connection refused)');

/** No proxy takes texts that mean something to it; null where all of them are plain. */
export function breaksOut({ wish, traffic }: Pick<RoutePut, 'wish' | 'traffic'>): string | null {
  const { target } = wish;
  const locations = target.type === 'forward' ? target.options.locations : [];
  const texts = [
    ...wish.domains.map((domain) => domain.replace(/^\*\./, '')),
    ...locations.flatMap(({ path, forwardPath, upstream }) => [path, forwardPath ?? '', upstream.host]),
    ...[...(traffic?.main ?? []), ...(traffic?.canary?.upstreams ?? [])].map(({ host }) => host),
    ...(target.type === 'redirect' ? [target.domain] : []),
    ...(target.type === 'stream' ? [target.host] : []),
  ];
  return texts.every((text) => /^[A-Za-z0-9._:/-]*$/.test(text)) ? null : 'A name or a path is not plain.';
}

/** Two routes of one name, or of one port, cannot both be served. */
export function clashOf(state: FakeProxyState, wish: RouteWish, own: string | null): FakeRoute | null {
  const port = portOf(wish);
  for (const route of state.routes.values()) {
    if (route.id === own) continue;
    if (route.domains.some((domain) => wish.domains.includes(domain))) return route;
    if (port !== null && route.wish !== null && portOf(route.wish) === port) return route;
  }
  return null;
}

function portOf({ target }: RouteWish): number | null {
  return target.type === 'stream' ? target.incomingPort : null;
}

/** What of a wish is not as it was put, field by field, beside what was edited by hand. */
export function driftOf(route: FakeRoute, wish: RouteWish): FieldDrift[] {
  const shall = fieldsOf(wish);
  const is = route.wish === null ? { domains: JSON.stringify(route.domains) } : fieldsOf(route.wish);
  const fields = [...new Set([...Object.keys(is), ...Object.keys(shall)])].sort();
  return [
    ...fields
      .filter((field) => is[field] !== shall[field])
      .map((field) => ({ field, is: is[field] ?? 'nothing', shall: shall[field] ?? 'nothing' })),
    ...(route.enabled ? [] : [{ field: 'enabled', is: 'off', shall: 'on' }]),
    ...route.edits,
  ];
}

function fieldsOf(wish: RouteWish): Record<string, string> {
  const { target, tls, domains } = wish;
  const rest = target.type === 'forward' ? target.options : target;
  const fields = { domains, target: target.type, ...rest, ...(tls === null ? {} : { tls }) };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]));
}

export const idsByKey: (state: FakeProxyState, controller: string) => ProxyProvider['idOf'] =
  (state, controller) => (key) =>
    [...state.routes.values()].find(
      ({ owner }) => owner !== null && owner.controller === controller && owner.key === key,
    )?.id ?? null;
