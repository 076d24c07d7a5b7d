// What the loop asks of a reverse proxy. One provider per technology, one contract suite for all of them.
import type { ProxyConfig } from '../model/config.ts';
import type {
  FieldDrift,
  ObservedRoute,
  ProxyView,
  ResolvedTraffic,
  RouteKey,
  RouteWish,
  Upstream,
} from '../model/route.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { Secrets } from './secrets.ts';

export interface RoutePut {
  wish: RouteWish;
  /** Null for redirects, 404s and streams. */
  traffic: ResolvedTraffic | null;
  /**
   * A stranger's route that is to become ours, or one of ours that its workload had under a former name; null where none
   * may be touched.
   */
  adopt: string | null;
}

/** What one request through the proxy's traffic side got. */
export interface ProxyAnswer {
  status: number;
  /** The first 16 KiB. */
  body: string;
  headers: Readonly<Record<string, string>>;
  durationMs: number;
}

export interface ProxyFinding {
  ok: boolean;
  /** One sentence. */
  message: string;
  hint: string | null;
}

/**
 * Faults: ProxyAway, ProxyBusy (retry); ProxyLoginRefused, ProxyNeedsTwoFactor, ProxyForbidden (stalled);
 * RouteConflict (stalled: a stranger has the name); RouteRefused (stalled: the proxy does not take it, or took it and
 * does not serve it); RouteNotServed (retry: it says yes, but its workers do not serve what was meant).
 */
export interface ProxyProvider {
  /** As in tinyforge.yaml, and its folder's. */
  readonly name: string;
  /** One look, as one request where the proxy allows it. */
  list(signal: AbortSignal): Promise<ProxyView>;
  /** Pure: what of the wish is not so, traffic left out. Our own lines and marks never count. */
  compare(wish: RouteWish, route: ObservedRoute): FieldDrift[];
  /**
   * What this proxy cannot do of a wish, in a sentence; null where all of it. Asked before anything is planned.
   * Pure. Strings that would break out of the proxy's configuration are refused here too.
   */
  refuses(wish: RouteWish): string | null;
  /** What of a wish is done in a lesser way than people may think, in a sentence; by the newest look. Null for nothing. */
  remarks(wish: RouteWish): string | null;
  /**
   * Makes the route as wished, with this traffic: created, changed or adopted; idempotent. Resolves only when the live
   * workers were seen to serve it (the API's answer proves nothing). One write at a time per proxy. After it names of
   * upstreams are looked up anew (nginx starts workers that know no address; Caddy asks at each new connection), so whoever
   * left a name before the write gets no request by it.
   */
  put(put: RoutePut, signal: AbortSignal): Promise<void>;
  /** Removes a route of ours; no error when it is gone. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  /**
   * One request through the proxy to a route's first name. With `preview` it goes to that upstream although nobody else
   * is sent there: a secret header that only we know chooses it.
   */
  ask(
    wish: RouteWish,
    options: { path: string; preview: Upstream | null; signal: AbortSignal; timeoutMs: number },
  ): Promise<ProxyAnswer>;
  /** Which upstream the live workers choose for a route now, told by the proxy itself; null where it does not know us. */
  who(
    wish: RouteWish,
    options: { preview: Upstream | null; signal: AbortSignal },
  ): Promise<{ upstream: string; revision: string } | null>;
  /**
   * Takes away what writes that did not end left beside the routes, and nothing that anybody uses; asked after each pass
   * that may write. Does nothing where nothing can be left. What does not work is logged, and done at the next call.
   */
  tidy?(signal: AbortSignal): Promise<void>;
  /** For `doctor`: address, account, two-factor, version. */
  check(signal: AbortSignal): Promise<ProxyFinding[]>;
  /**
   * Makes the account of the configuration the first one of a proxy that has none, and resolves to its name. Null where
   * a proxy has no accounts. Faults: ProxyAlreadySetUp, RouteRefused, SecretMissing (stalled), ProxyAway (retry).
   */
  createFirstAccount: ((signal: AbortSignal) => Promise<string>) | null;
  /** Ids by route key, for the index (`npm_proxy_id`); what the newest list said. */
  idOf(key: RouteKey): string | null;
  close(): void;
}

export interface ProxyOptions {
  config: ProxyConfig;
  /** Whose routes are ours. */
  controller: string;
  /** And whose, where it was renamed. */
  formerly?: string | undefined;
  /** What a proxy says may repeat what it was sent, so a provider redacts it before it cuts it. */
  secrets: Pick<Secrets, 'get' | 'redact'>;
  clock: Clock;
  log: Log;
  /** Keyed and one-way, as hex: what the secret headers of a route are made from. The same after a restart. */
  sign(text: string): string;
}

/** One per folder of src/proxies/, named in its registry. Opens nothing: the first call does. */
export interface ProxyFactory {
  readonly name: string;
  open(options: ProxyOptions): ProxyProvider;
}
