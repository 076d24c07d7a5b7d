// The proxy as one unit's plan sees it: its routes beside what the proxy has, and who else has the names.
import type { Desired } from '../../model/desired.ts';
import type { ObservedHost } from '../../model/observed.ts';
import type { Problem } from '../../model/problem.ts';
import type {
  FieldDrift,
  ObservedRoute,
  ResolvedTraffic,
  RouteKey,
  RouteWish,
  Traffic,
} from '../../model/route.ts';
import type { RoutesWorld, RouteView } from '../../model/world.ts';
import { problem } from '../problem.ts';
import type { RouteIndex } from './route-index.ts';
import { UPSTREAM } from './steps.ts';
import { namedTraffic, sameTraffic } from './traffic.ts';
import { routeWishes } from './wishes.ts';

export interface ProxyFacts {
  reach: 'network' | 'published';
  network: string | null;
  address: string | null;
  drift: 'heal' | 'report';
  controller: string;
  /** Null while the proxy cannot be asked. */
  routes: readonly ObservedRoute[] | null;
  /** Over the same. */
  index: RouteIndex;
  away: Problem | null;
  compare(wish: RouteWish, route: ObservedRoute): FieldDrift[];
  refuses(wish: RouteWish): string | null;
  remarks(wish: RouteWish): string | null;
  leads: RoutesWorld['leads'];
}

export function routesWorld(desired: Desired, host: ObservedHost, facts: ProxyFacts): RoutesWorld {
  const { reach, network, address, drift, index, leads } = facts;
  const wishes = routeWishes(desired);
  // A stand-alone route leads to no container of ours, so the shared network is not its concern.
  const missing =
    wishes.length > 0 &&
    desired.kind !== 'proxy' &&
    network !== null &&
    !host.networks.some(({ name }) => name === network);
  const away = facts.away ?? (missing ? networkMissing(network) : null);
  const own = index.ofUnit(desired.unit);
  const handedOn = routesHandedOn(wishes, own);
  const views = wishes.map((wish) => viewOf(wish, { own, host, facts, handedOn }));
  const kept = new Set(views.map(({ id }) => id));
  return {
    reach,
    network: missing ? null : network,
    address,
    away,
    drift,
    leads,
    routes: views,
    surplus: own
      .filter(({ id }) => !kept.has(id))
      .map(({ id, owner, domains }) => ({ id, key: owner?.key ?? '', domains })),
  };
}

function viewOf(
  wish: RouteWish,
  context: {
    own: readonly ObservedRoute[];
    host: ObservedHost;
    facts: ProxyFacts;
    handedOn: ReadonlyMap<RouteKey, ObservedRoute>;
  },
): RouteView {
  const { own, host, facts, handedOn } = context;
  // A crash between a create and its answer may have left two: the first by id is the one, the other is surplus.
  const mine =
    own
      .filter((route) => isOf(wish, route))
      .sort((a, b) => isFormer(a) - isFormer(b) || (a.id < b.id ? -1 : 1))[0] ?? handedOn.get(wish.key);
  const named = (traffic: ResolvedTraffic | null) =>
    namedTraffic(traffic, { reach: facts.reach, containers: host.containers });
  // What a hand made of it is an edit like any other; whose turn it is, is told by what we wrote.
  const sent = mine === undefined ? null : sentElsewhere(named(mine.written), named(mine.traffic));
  return {
    wish,
    id: mine?.id ?? null,
    ...writtenAsOf(mine, wish),
    traffic: mine === undefined ? null : named(sent === null ? mine.traffic : mine.written),
    drift: mine === undefined ? [] : [...(sent === null ? [] : [sent]), ...driftOf(wish, mine, facts)],
    conflict: conflictOf(wish, facts.index, mine),
    refused: facts.refuses(wish),
    remark: facts.remarks(wish),
  };
}

/**
 * Routes of ours under keys that nobody wishes any more, for wishes that have none and name the same: their service has
 * another name, or the workload is of another kind. Each goes to one.
 */
function routesHandedOn(
  wishes: readonly RouteWish[],
  own: readonly ObservedRoute[],
): ReadonlyMap<RouteKey, ObservedRoute> {
  const wanted = new Set(wishes.map(({ key }) => key));
  const free = own
    .filter(({ owner }) => !wanted.has(owner?.key ?? ''))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const found = new Map<RouteKey, ObservedRoute>();
  for (const wish of wishes) {
    if (own.some((route) => isOf(wish, route))) continue;
    const at = free.findIndex(
      ({ type, domains }) =>
        type === wish.target.type && domains.some((name) => wish.domains.includes(name.toLowerCase())),
    );
    const [route] = at === -1 ? [] : free.splice(at, 1);
    if (route !== undefined) found.set(wish.key, route);
  }
  return found;
}

function isOf(wish: RouteWish, { owner, type }: ObservedRoute): boolean {
  return owner?.key === wish.key && type === wish.target.type;
}

function writtenAsOf(mine: ObservedRoute | undefined, { key }: RouteWish): Pick<RouteView, 'writtenAs'> {
  const written = mine?.owner?.writtenAs ?? mine?.owner?.key ?? key;
  return written === key ? {} : { writtenAs: written };
}

/** Where a kill left it under both names of its workload, the one under the former name is the one to go. */
function isFormer({ owner }: ObservedRoute): number {
  return owner?.writtenAs === undefined ? 0 : 1;
}

/** Null where the traffic goes where we sent it last, or nobody can tell. */
function sentElsewhere(written: Traffic | null, now: Traffic | null): FieldDrift | null {
  if (written === null || now === null || sameTraffic(written, now)) return null;
  const words = ({ main }: Traffic): string => main.map(({ host, port }) => `${host}:${port}`).join(', ');
  return { field: UPSTREAM, is: words(now), shall: words(written) };
}

function driftOf(wish: RouteWish, route: ObservedRoute, { compare }: ProxyFacts): FieldDrift[] {
  const found = compare(wish, route);
  if (!route.enabled) found.push({ field: 'enabled', is: 'no', shall: 'yes' });
  if (route.enabled && !route.online)
    found.push({ field: 'online', is: route.error?.slice(0, 120) ?? 'no', shall: 'yes' });
  return found;
}

/** Another's route that has one of the names, told apart without regard to case; of a stream, the port. */
function conflictOf(
  wish: RouteWish,
  index: RouteIndex,
  mine: ObservedRoute | undefined,
): RouteView['conflict'] {
  const isOther = (route: ObservedRoute): boolean => route !== mine && route.owner?.key !== wish.key;
  if (wish.target.type === 'stream') {
    const { incomingPort } = wish.target;
    const other = index.onPort(incomingPort).find(isOther);
    return other === undefined ? null : { id: other.id, domain: `port ${incomingPort}` };
  }
  for (const route of index.named(wish.domains)) {
    if (!isOther(route)) continue;
    const domain = route.domains.find((name) => wish.domains.includes(name.toLowerCase()));
    if (domain !== undefined) return { id: route.id, domain };
  }
  return null;
}

function networkMissing(network: string): Problem {
  return problem({
    reason: 'ProxyNetworkMissing',
    message: `The network ${network}, on which the proxy reaches containers, is not there`,
    effect: 'Routes stay as they are, and no version is switched.',
    hint: `create it and connect the proxy to it: \`docker network create ${network}\``,
    next: 'Looked at again in each pass.',
  });
}
