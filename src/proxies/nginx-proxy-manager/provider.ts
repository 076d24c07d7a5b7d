// Nginx Proxy Manager as a proxy of the loop: the parts of this folder, put together.
import { isFault } from '../../model/errors.ts';
import type { RouteKey, RouteWish, Upstream } from '../../model/route.ts';
import type { ProxyOptions, ProxyProvider } from '../../ports/proxy-provider.ts';
import { createAgents, networkWords } from '../exchange.ts';
import { isAtWork, oneAtATime } from '../one-at-a-time.ts';
import { createApi, LIMITS, type Limits } from './api.ts';
import { createAsking } from './asking.ts';
import { fingerprintOf } from './certificate.ts';
import { createCertificates } from './certificates.ts';
import { checkProxy } from './check.ts';
import { compareRoute } from './compare.ts';
import { proxyAway, routeNotServed } from './failures.ts';
import { readInstance, refuseByVersion } from './features.ts';
import { createFirstAdmin, firstAdmin } from './first-admin.ts';
import { createHosts } from './hosts.ts';
import { createLeftovers } from './leftovers.ts';
import { hostText } from './lines.ts';
import { createLooking } from './looking.ts';
import { refuseWish } from './refuse.ts';
import { createWriter } from './writer.ts';

export const NAME = 'nginx-proxy-manager';

/** `limits` are those of calls to the API. */
export function createProvider(options: ProxyOptions, limits: Limits = LIMITS): ProxyProvider {
  const { config, controller, formerly, secrets, clock, log } = options;
  const names = { controller, formerly };
  const url = new URL(config.url).origin;
  const agents = createAgents();
  const api = createApi({ config, secrets, clock, agents, limits });
  const hosts = createHosts({ api, url });
  const signedBy = (name: string) => (key: RouteKey) => {
    const hex = options.sign(`${NAME} route ${name} ${key}`);
    if (/^[0-9a-f]{32,}$/.test(hex)) return hex.slice(0, 48);
    throw new Error('What signs the routes must answer with 32 or more hexadecimal digits');
  };
  const secretOf = signedBy(controller);
  const asking = createAsking({ traffic: config.traffic, secretOf });
  /** Routes that were not written since this controller was renamed know its former secret. */
  const askingAsBefore =
    formerly === undefined ? null : createAsking({ traffic: config.traffic, secretOf: signedBy(formerly) });
  const instance = (signal: AbortSignal) => readInstance({ api, url }, signal);
  const certificates = createCertificates({
    api,
    url,
    controller,
    secrets,
    clock,
    async asksConsent(signal) {
      const { major, minor } = await instance(signal);
      return major === 2 && minor <= 12;
    },
  });
  const leftovers = createLeftovers({
    api,
    url,
    names,
    hosts,
    certificates,
    clock,
    log,
    readInstance: instance,
  });
  const writer = createWriter({
    config,
    url,
    names,
    api,
    hosts,
    certificates,
    leftovers,
    asking,
    clock,
    log,
    secretOf,
    readInstance: instance,
    isDoubtful: (id) => looking.isDoubtful(id),
  });

  const looking = createLooking({
    wantsCertificates: config.tls === 'auto',
    hosts,
    certificates,
    readInstance: instance,
    clock,
    names,
  });

  return {
    name: NAME,
    list: (signal) => looking.list(signal),
    compare(wish, route) {
      looking.note(wish);
      return compareRoute(wish, route, {
        certificateTrouble: looking.certificateTrouble,
        isDoubtful: looking.isDoubtful,
        isCovered: (one) => looking.isCovered(one) === true,
        fingerprintOf: (name) => fingerprintOf(secrets.get(name) ?? ''),
      });
    },
    refuses(wish) {
      looking.note(wish);
      const now = looking.instance();
      return refuseWish(wish) ?? (now === null ? null : refuseByVersion(wish, now));
    },
    remarks(wish) {
      const certificate = wish.tls?.certificate;
      if (certificate?.type !== 'auto' || certificate.orPlain !== true) return null;
      const names = wish.domains.join(', ').slice(0, 200);
      if (looking.isPlainUnseen(wish.key))
        return 'this account may not see the certificates of Nginx Proxy Manager, so none is chosen';
      if (looking.isCovered(wish) !== false) return null;
      return `no certificate in Nginx Proxy Manager covers ${names}`;
    },
    async put(put, signal) {
      looking.note(put.wish);
      looking.mayBeWritten(put.wish.key);
      await writer.put(put, signal);
      looking.written(put.wish);
    },
    async remove(id, signal) {
      await writer.remove(id, signal);
      looking.removed(id);
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
        const told = await asking.who(liveNames(wish), { preview, signal });
        return told ?? (await askingAsBefore?.who(liveNames(wish), { preview, signal })) ?? null;
      } catch (error) {
        signal.throwIfAborted();
        throw trafficAway(error);
      }
    },
    async tidy(signal) {
      // A write under way ends with it, or leaves it to the next pass; it may take minutes.
      if (!leftovers.isDue() || isAtWork(url)) return;
      leftovers.suspect();
      await oneAtATime(url, { signal, run: () => leftovers.sweep(signal) });
    },
    check: (signal) => checkProxy({ api, url, config }, signal),
    createFirstAccount: (signal) =>
      createFirstAdmin({ api, url }, { admin: firstAdmin({ config, secrets }), signal }),
    idOf: (key) => looking.idOf(key),
    close: () => api.close(),
  };

  /** Names may change together with the version: what is asked before are those that are routed now. */
  function liveNames(wish: RouteWish): RouteWish {
    const now = looking.namesOf(wish.key);
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
    looking.mayBeWritten(wish.key);
    const isOpen = await writer.open(wish, { preview, signal });
    if (isOpen) looking.madeAnew(wish.key);
    if (isOpen && (await isChosen())) return;
    throw routeNotServed(wish.domains[0] ?? wish.key, `${shall} cannot be chosen by our header`);
  }

  function trafficAway(error: unknown): Error {
    const { http, https } = config.traffic;
    return proxyAway(`${http} (or ${https})`, { why: networkWords(error), cause: error });
  }
}
