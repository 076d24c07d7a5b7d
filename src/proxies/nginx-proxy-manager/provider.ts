// Nginx Proxy Manager as a proxy of the loop: the parts of this folder, put together.
import { isFault } from '../../model/errors.ts';
import type { RouteKey, RouteWish, Upstream } from '../../model/route.ts';
import type { ProxyOptions, ProxyProvider } from '../../ports/proxy-provider.ts';
import { createApi, LIMITS, type Limits } from './api.ts';
import { createAsking } from './asking.ts';
import { type Certificate, createCertificates, fingerprintOf } from './certificates.ts';
import { checkProxy } from './check.ts';
import { compareRoute } from './compare.ts';
import { createAgents, networkWords } from './exchange.ts';
import { proxyAway, routeNotServed } from './failures.ts';
import { readInstance } from './features.ts';
import { HOST_KINDS, type Row } from './fields.ts';
import { createHosts } from './hosts.ts';
import { hostText } from './lines.ts';
import { ownerOf } from './mark.ts';
import { observe } from './observe.ts';
import { refuseWish } from './refuse.ts';
import { createWriter } from './writer.ts';

export const NAME = 'nginx-proxy-manager';

/** Redirects, 404s, streams and certificates are looked at this often where nothing of ours is among them. */
const SELDOM_MS = 600_000;

/** `limits` are those of calls to the API. */
export function createProvider(options: ProxyOptions, limits: Limits = LIMITS): ProxyProvider {
  const { config, controller, secrets, clock, log } = options;
  const url = new URL(config.url).origin;
  const agents = createAgents();
  const api = createApi({ config, secrets, clock, agents, limits });
  const hosts = createHosts({ api, url });
  const secretOf = (key: RouteKey): string => {
    const hex = options.sign(`${NAME} route ${controller} ${key}`);
    if (/^[0-9a-f]{32,}$/.test(hex)) return hex.slice(0, 48);
    throw new Error('What signs the routes must answer with 32 or more hexadecimal digits');
  };
  const asking = createAsking({ traffic: config.traffic, agents, secretOf });
  const certificates = createCertificates({
    api,
    url,
    secrets,
    clock,
    async asksConsent(signal) {
      const { major, minor } = await readInstance({ api, url }, signal);
      return major === 2 && minor <= 12;
    },
  });
  const writer = createWriter({
    config,
    url,
    controller,
    api,
    hosts,
    certificates,
    asking,
    clock,
    log,
    secretOf,
  });

  let ids = new Map<RouteKey, string>();
  let domains = new Map<RouteKey, readonly string[]>();
  let others: { rows: readonly Row[]; readMs: number } | null = null;
  /** True once a route of ours is no plain forward: then the other lists are read each time. */
  let needsOthers = false;
  let known: { certificates: readonly Certificate[]; readMs: number } | null = null;

  async function listOthers(signal: AbortSignal): Promise<readonly Row[]> {
    if (others !== null && !needsOthers && clock.nowMs() - others.readMs < SELDOM_MS) return others.rows;
    const kinds = HOST_KINDS.filter((kind) => kind !== 'proxy-host');
    const lists = await Promise.all(kinds.map((kind) => hosts.list(kind, signal).catch(hidden)));
    others = { rows: lists.flat(), readMs: clock.nowMs() };
    needsOthers ||= others.rows.some((row) => ownerOf(row)?.controller === controller);
    return others.rows;
  }

  /** An account may be without the sections that nothing of ours is in. */
  function hidden(error: unknown): Row[] {
    if (isFault(error) && error.reason === 'ProxyForbidden' && !needsOthers) return [];
    throw error;
  }

  async function lookAtCertificates(rows: readonly Row[], signal: AbortSignal): Promise<void> {
    const isUsed = rows.some(
      (row) => Number(row.fields.certificate_id ?? 0) > 0 && ownerOf(row)?.controller === controller,
    );
    if (!isUsed || (known !== null && clock.nowMs() - known.readMs < SELDOM_MS)) return;
    const list = await certificates.list(signal).catch((error: unknown) => {
      if (isFault(error) && error.reason === 'ProxyForbidden') return null;
      throw error;
    });
    known = list === null ? null : { certificates: list, readMs: clock.nowMs() };
  }

  function certificateTrouble(id: number): string | null {
    if (known === null) return null;
    const found = known.certificates.find((one) => one.id === id);
    // It may be younger than what is known.
    if (found === undefined) return null;
    return found.expiresMs <= clock.nowMs() ? 'expired' : null;
  }

  function note(wish: RouteWish): void {
    needsOthers ||= wish.target.type !== 'forward';
  }

  return {
    name: NAME,
    async list(signal) {
      const rows = [...(await hosts.list('proxy-host', signal)), ...(await listOthers(signal))];
      await lookAtCertificates(rows, signal);
      const routes = rows.map((row) => observe(row, controller));
      const own = routes.flatMap((route) => (route.owner === null ? [] : [{ key: route.owner.key, route }]));
      ids = new Map(own.map(({ key, route }) => [key, route.id]));
      domains = new Map(own.map(({ key, route }) => [key, route.domains]));
      return { routes };
    },
    compare(wish, route) {
      note(wish);
      return compareRoute(wish, route, {
        certificateTrouble,
        fingerprintOf: (name) => fingerprintOf(secrets.get(name) ?? ''),
      });
    },
    refuses(wish) {
      note(wish);
      return refuseWish(wish);
    },
    async put(put, signal) {
      note(put.wish);
      await writer.put(put, signal);
      domains.set(put.wish.key, put.wish.domains);
      known = null;
    },
    async remove(id, signal) {
      await writer.remove(id, signal);
      for (const [key, known] of ids) if (known === id) domains.delete(key);
    },
    async ask(wish, { path, preview, signal, timeoutMs }) {
      try {
        const live = liveNames(wish);
        if (preview !== null) await untilChosen(live, { preview, signal });
        return await asking.ask(live, { path, preview, signal, timeoutMs });
      } catch (error) {
        signal.throwIfAborted();
        throw isFault(error) ? error : trafficAway(error);
      }
    },
    async who(wish, { preview, signal }) {
      try {
        return await asking.who(liveNames(wish), { preview, signal });
      } catch (error) {
        signal.throwIfAborted();
        throw trafficAway(error);
      }
    },
    check: (signal) => checkProxy({ api, url, config }, signal),
    idOf: (key) => ids.get(key) ?? null,
    close: () => api.close(),
  };

  /** Names may change together with the version: what is asked before are those that are routed now. */
  function liveNames(wish: RouteWish): RouteWish {
    const now = domains.get(wish.key) ?? [];
    const both = wish.domains.filter((name) => now.includes(name));
    return now.length === 0 ? wish : { ...wish, domains: both.length > 0 ? both : now };
  }

  /** Where the header chooses nothing, what serves already would be proven for what is new. */
  async function untilChosen(
    wish: RouteWish,
    { preview, signal }: { preview: Upstream; signal: AbortSignal },
  ): Promise<void> {
    const shall = `${hostText(preview.host)}:${preview.port}`;
    const isChosen = async (): Promise<boolean> =>
      (await asking.who(wish, { preview, signal }))?.upstream === shall;
    if (await isChosen()) return;
    // Our lines were edited by hand, or it is no neighbour of what serves now.
    if ((await writer.open(wish, { preview, signal })) && (await isChosen())) return;
    throw routeNotServed(wish.domains[0] ?? wish.key, `${shall} cannot be chosen by our header`);
  }

  function trafficAway(error: unknown): Error {
    const { http, https } = config.traffic;
    return proxyAway(`${http} (or ${https})`, { why: networkWords(error), cause: error });
  }
}
