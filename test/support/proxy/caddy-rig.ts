// A real Caddy as a rig for the contract of proxies.
import { openCaddy, type RealCaddy, startCaddy } from '../real/caddy.ts';
import { getByName } from './get.ts';
import type { ByHand, ProxyRig } from './rig.ts';

const SERVER = '/config/apps/http/servers/tinyforge';

export async function startCaddyRig(): Promise<ProxyRig> {
  const caddy = await startCaddy();
  return {
    open: ({ controller = 'test' } = {}) => openCaddy(caddy, controller),
    get: (domain, more = {}) => getByName(caddy.config.traffic.http, { domain, ...more }),
    // Its log has a line for each call of its API.
    writes: () =>
      caddy.output().match(/"msg":"received request","method":"(?:PUT|POST|PATCH|DELETE)"/g)?.length ?? 0,
    hand: handsOn(caddy),
    configRefusedByProxy: null,
    adoption: 'replaces',
    [Symbol.asyncDispose]: () => caddy.stop(),
  };
}

/** What people do with the API, and what a Caddyfile becomes. */
function handsOn({ api, config }: RealCaddy): ByHand {
  const proxyTo = ({ host, port }: { host: string; port: number }): object => ({
    handler: 'reverse_proxy',
    upstreams: [{ dial: `${host}:${port}` }],
  });
  return {
    async addRoute(domain, upstream) {
      const listen = [`:${new URL(config.traffic.http).port}`];
      const server = await api('GET', SERVER).catch(() => null);
      if (server === null)
        await api('PUT', SERVER, { listen, routes: [], automatic_https: { disable: true } });
      await api('PUT', `${SERVER}/routes/0`, { match: [{ host: [domain] }], handle: [proxyTo(upstream)] });
      return 'tinyforge/0';
    },
    async sendTo(id, upstream) {
      await api('PATCH', `/id/${id}-main/handle/0/upstreams`, [
        { dial: `${upstream.host}:${upstream.port}` },
      ]);
    },
    async changeOption(id) {
      await api('PATCH', `/id/${id}-main/handle/0/load_balancing/selection_policy`, { policy: 'first' });
    },
    disable: null,
    async remove(id) {
      const place = /^(\w+)\/(\d+)$/.exec(id);
      await api(
        'DELETE',
        place === null ? `/id/${id}` : `/config/apps/http/servers/${place[1]}/routes/${place[2]}`,
      );
    },
  };
}
