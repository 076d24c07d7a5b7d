// A reverse proxy in memory with the port's own rules, for tests of the loop: hand edits, strangers and faults at will.
import type { Fault } from '../../src/model/errors.ts';
import type {
  FieldDrift,
  ObservedRoute,
  ResolvedTraffic,
  RouteKey,
  RouteWish,
  Upstream,
} from '../../src/model/route.ts';
import type { ProxyProvider, RoutePut } from '../../src/ports/proxy-provider.ts';
import {
  type AnswerOf,
  breaksOut,
  clashOf,
  createFakeProxyState,
  driftOf,
  type FakeProxyState,
  type FakeRoute,
  type FaultyCall,
  idsByKey,
  proxyAway,
  proxyFault,
} from './fake-proxy-state.ts';
import { createFaultPlan, type FaultMoment, type FaultPlan } from './fake-runtime-faults.ts';

const STRANGE: Upstream = { scheme: 'http', host: 'strange', port: 80 };

/** The proxy as the controller `default` sees it, and what a test does behind its back. */
export interface FakeProxy extends ProxyProvider {
  /** Everything it holds; to look at. */
  readonly state: FakeProxyState;
  /** The same proxy as another controller, or the same one after a restart, sees it. */
  as(controller: string): ProxyProvider;
  /** Changes that were really made since the last `forget`. */
  writes(): number;
  /** Each put since the last `forget`, in their order. */
  puts(): readonly RoutePut[];
  forget(): void;
  /** Our route by its key; throws where there is none. */
  route(key: RouteKey): FakeRoute;
  /** `host:port` of those that get a route's traffic, main and canary; for an assertion in one line. */
  trafficOf(key: RouteKey): string[];
  /** A host that somebody else made. */
  addStranger(domain: string, options?: { to?: Upstream }): FakeRoute;
  /** Somebody changes a field of a route of ours; here and below a route is named by its key or its id. */
  editByHand(key: RouteKey, drift: FieldDrift): void;
  disableByHand(key: RouteKey): void;
  /** Somebody sends a route of ours elsewhere; null for something that cannot be read. */
  sendByHand(key: RouteKey, traffic: ResolvedTraffic | null): void;
  removeByHand(key: RouteKey): void;
  /** The proxy says that it does not serve this route. */
  failToServe(key: RouteKey, error: string): void;
  /** What upstreams say through the proxy; a 502 where nobody is there is for the test to give. */
  answer(answerOf: AnswerOf): void;
  /** What this proxy cannot do. */
  refuse(refuses: (wish: RouteWish) => string | null): void;
  /** The next call of this sort goes wrong, for a put of this route only where `key` is given; `skip` of them pass before. Else ProxyAway. */
  failNext(
    call: FaultyCall,
    options?: { moment?: FaultMoment; error?: Error; key?: RouteKey; skip?: number },
  ): void;
  /** Faults that no call has met. */
  unmetFaults(): number;
  /** Nothing is answered until `comeBack`; its traffic flows on. */
  goAway(error?: Fault): void;
  comeBack(): void;
}

/** Starts without any route. */
export function createFakeProxy({ controller = 'default' } = {}): FakeProxy {
  const state = createFakeProxyState();
  const faults = createFaultPlan<FaultyCall>();
  const mine = (key: RouteKey): FakeRoute => {
    const found = [...state.routes.values()].find(({ owner, id }) => owner?.key === key || id === key);
    if (found === undefined) throw new Error(`the proxy has no route ${key}`);
    return found;
  };
  return {
    ...createProvider({ state, faults, controller }),
    state,
    as: (other) => createProvider({ state, faults, controller: other }),
    writes: () => state.writes,
    puts: () => state.puts,
    forget() {
      state.writes = 0;
      state.lists = 0;
      state.puts.length = 0;
      state.removed.length = 0;
      state.asked.length = 0;
    },
    route: mine,
    trafficOf(key) {
      const { traffic } = mine(key);
      return [...(traffic?.main ?? []), ...(traffic?.canary?.upstreams ?? [])].map(addressOf);
    },
    addStranger(domain, { to = STRANGE } = {}) {
      const traffic: ResolvedTraffic = { main: [to], canary: null };
      return add(state, { type: 'forward', domains: [domain], owner: null, wish: null, traffic });
    },
    editByHand: (key, drift) => void mine(key).edits.push(drift),
    disableByHand(key) {
      mine(key).enabled = false;
    },
    sendByHand(key, traffic) {
      mine(key).traffic = traffic;
    },
    removeByHand: (key) => void state.routes.delete(mine(key).id),
    failToServe: (key, error) => void Object.assign(mine(key), { online: false, error }),
    answer(answerOf) {
      state.answerOf = answerOf;
    },
    refuse(refuses) {
      state.refuses = refuses;
    },
    failNext: (call, { moment = 'before', error, key, skip = 0 } = {}) =>
      faults.add({ call, moment, error: error ?? proxyAway(), subject: key ?? null, skip }),
    unmetFaults: () => faults.left().length,
    goAway(error = proxyAway()) {
      state.away = error;
    },
    comeBack() {
      state.away = null;
    },
  };
}

interface Inside {
  state: FakeProxyState;
  faults: FaultPlan<FaultyCall>;
  controller: string;
}

function createProvider({ state, faults, controller }: Inside): ProxyProvider {
  function call<T>(name: FaultyCall, { subject, signal }: CallOf, effect: () => T | Promise<T>): Promise<T> {
    return faults.around(name, subject, () => {
      signal.throwIfAborted();
      if (state.away !== null) throw state.away;
      return effect();
    });
  }

  const idOf = idsByKey(state, controller);
  const mine = (key: RouteKey): FakeRoute | null => state.routes.get(idOf(key) ?? '') ?? null;

  return {
    name: 'fake',
    list: (signal) =>
      call('list', { subject: '', signal }, () => {
        state.lists++;
        return { routes: [...state.routes.values()].map((route) => observe(route, controller)) };
      }),
    compare: (wish, route) => driftOf(route.raw as FakeRoute, wish),
    remarks: () => null,
    refuses: (wish) => state.refuses(wish) ?? breaksOut({ wish, traffic: null }),
    put(put, signal) {
      state.puts.push(structuredClone(put));
      return call('put', { subject: put.wish.key, signal }, () => write(put, { state, controller, mine }));
    },
    remove: (id, signal) =>
      call('remove', { subject: state.routes.get(id)?.owner?.key ?? '', signal }, () => {
        const route = state.routes.get(id);
        if (route === undefined) return;
        if (route.owner?.controller !== controller)
          throw proxyFault('RouteConflict', 'stalled', `${id} is not ours`);
        state.routes.delete(id);
        state.removed.push(id);
        state.writes++;
      }),
    ask: (wish, { path, preview, signal }) =>
      call('ask', { subject: wish.key, signal }, async () => {
        state.asked.push({ domain: wish.domains[0] ?? '', path, preview });
        const route = [...state.routes.values()].find(({ domains }) =>
          domains.includes(wish.domains[0] ?? ''),
        );
        const plain = { status: 404, body: 'no such host', headers: {}, durationMs: 1 };
        if (route?.wish?.target.type === 'redirect') return { ...plain, status: route.wish.target.code };
        const upstream = (route?.owner == null ? null : preview) ?? route?.traffic?.main[0];
        if (upstream === undefined || upstream === null) return plain;
        const answer = await state.answerOf(upstream, { path, preview: preview !== null });
        return { ...plain, status: 200, body: `${addressOf(upstream)}\n`, ...answer };
      }),
    who: (wish, { preview, signal }) =>
      call('who', { subject: wish.key, signal }, () => {
        const route = mine(wish.key);
        const upstream = preview ?? route?.traffic?.main[0];
        if (route === null || upstream === undefined) return null;
        return { upstream: addressOf(upstream), revision: String(route.revision) };
      }),
    check: (signal) =>
      call('check', { subject: '', signal }, () => [{ ok: true, message: 'the proxy answers', hint: null }]),
    createFirstAccount: null,
    idOf,
    close: () => undefined,
  };
}

interface CallOf {
  subject: string;
  signal: AbortSignal;
}

function write(
  { wish, traffic, adopt }: RoutePut,
  {
    state,
    controller,
    mine,
  }: { state: FakeProxyState; controller: string; mine: (key: RouteKey) => FakeRoute | null },
): void {
  const refused = state.refuses(wish) ?? breaksOut({ wish, traffic });
  if (refused !== null) throw proxyFault('RouteRefused', 'stalled', refused);
  const before = mine(wish.key) ?? (adopt === null ? null : (state.routes.get(adopt) ?? null));
  const clash = clashOf(state, wish, before?.id ?? null);
  if (clash !== null)
    throw proxyFault('RouteConflict', 'stalled', `${clash.id} has ${clash.domains.join(', ')} already`);
  const owner = { controller, unit: wish.unit, key: wish.key };
  const same =
    before?.online &&
    before.enabled &&
    before.edits.length === 0 &&
    JSON.stringify([before.owner, before.wish, before.traffic]) === JSON.stringify([owner, wish, traffic]);
  if (same) return;
  state.writes++;
  const route = before ?? add(state, { type: wish.target.type, domains: [], owner, wish, traffic });
  Object.assign(route, {
    ...structuredClone({ owner, wish, traffic, written: traffic }),
    ...{ domains: wish.domains, type: wish.target.type },
    ...{ enabled: true, online: true, error: null, edits: [], revision: route.revision + 1 },
  });
}

function add(
  state: FakeProxyState,
  route: Pick<FakeRoute, 'type' | 'domains' | 'owner' | 'wish' | 'traffic'>,
): FakeRoute {
  const id = `proxy-host/${++state.serial}`;
  const made = {
    ...route,
    id,
    written: null,
    enabled: true,
    online: true,
    error: null,
    edits: [],
    revision: 0,
  };
  state.routes.set(id, made);
  return made;
}

function observe(route: FakeRoute, controller: string): ObservedRoute {
  const { id, type, domains, owner, traffic, written, enabled, online, error, wish } = structuredClone(route);
  return {
    ...{ id, type, domains, traffic, written, enabled, online, error },
    owner: owner?.controller === controller ? owner : null,
    tls: wish?.tls != null,
    raw: structuredClone(route),
  };
}

const addressOf = ({ host, port }: Upstream): string => `${host}:${port}`;
