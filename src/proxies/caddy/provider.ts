// Caddy behind the port of all proxies: routes are added and changed through its admin API while it serves.
import type { ObservedRoute, RouteKey } from '../../model/route.ts';
import type { ProxyOptions, ProxyProvider } from '../../ports/proxy-provider.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { createCaddyApi } from './api.ts';
import { checkCaddy } from './check.ts';
import { compareRoute } from './compare.ts';
import { type CompileContext, secretsOf } from './compile.ts';
import type { CaddyConfig } from './config.ts';
import { routeConflict } from './failures.ts';
import { readRouteId, twinId } from './names.ts';
import { putRoute } from './put.ts';
import { readRoutes } from './read.ts';
import { plainBecause, refuses, withoutVainTls } from './refuses.ts';
import { portsOf } from './servers.ts';
import { createTrafficSide } from './traffic-side.ts';

export function createCaddy({ config, controller, formerly, clock, sign }: ProxyOptions): ProxyProvider {
  const names = { controller, formerly };
  const api = createCaddyApi(config.url);
  const ports = portsOf(config.traffic);
  const context: CompileContext = { ...names, sign, tlsPort: ports.https };
  const traffic = createTrafficSide({ traffic: config.traffic, secrets: (key) => secretsOf(sign, key) });
  let ids = new Map<RouteKey, string>();
  let newest: { config: CaddyConfig; routes: ObservedRoute[] } | null = null;

  return {
    name: 'caddy',
    async list(signal) {
      const config = await api.read(signal);
      if (newest?.config !== config) newest = { config, routes: readRoutes(config, names) };
      const { routes } = newest;
      ids = new Map(routes.flatMap(({ owner, id }) => (owner === null ? [] : [[owner.key, id] as const])));
      return { routes };
    },
    compare: (wish, route) => compareRoute(withoutVainTls(wish), { route, context }),
    refuses: (wish) => refuses(withoutVainTls(wish)),
    remarks: plainBecause,
    put: ({ wish, ...rest }, signal) =>
      oneAtATime(config.url, {
        signal,
        run: async () => {
          const put = { ...rest, wish: withoutVainTls(wish) };
          const { id } = await putRoute(put, { api, traffic, context, ports, clock }, signal);
          ids.set(put.wish.key, id);
        },
      }),
    remove: (id, signal) =>
      oneAtATime(config.url, {
        signal,
        run: async () => {
          if (readRouteId(id, names)?.id !== id) throw routeConflict(id, 'somebody');
          // The twin last: requests for TLS are sent there as long as the plain one says so.
          for (const one of [id, twinId(id)]) await api.remove({ path: ['id', one], what: id }, signal);
          ids = new Map([...ids].filter(([, other]) => other !== id));
        },
      }),
    ask: (wish, options) => traffic.ask(withoutVainTls(wish), options),
    who: (wish, options) => traffic.who(withoutVainTls(wish), options),
    check: (signal) => checkCaddy({ api, config }, signal),
    createFirstAccount: null,
    idOf: (key) => ids.get(key) ?? null,
    close: () => undefined,
  };
}
