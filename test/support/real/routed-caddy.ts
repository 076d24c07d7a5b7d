// The whole product with a real Caddy on a network that is shared with what the real engine runs.
import type { ProxyConfig } from '../../../src/model/config.ts';
import { getByName } from '../proxy/get.ts';
import { startCaddyContainer } from './caddy-container.ts';
import { removeFromEngine } from './clean-up.ts';
import { realController } from './controller.ts';
import { sharedEngine, uniqueName } from './engine.ts';
import type { Routed } from './routed.ts';

interface CaddyRoute {
  '@id'?: string;
  match?: { host?: string[] }[];
}

export async function routedByCaddy(change: Partial<ProxyConfig> = {}): Promise<Routed> {
  const engine = sharedEngine();
  const network = uniqueName('routes');
  await using stack = new AsyncDisposableStack();
  stack.defer(() => removeFromEngine(engine, { namePrefix: network }));
  await engine.ask({ method: 'POST', path: '/networks/create', body: { Name: network } });
  const caddy = stack.use(await startCaddyContainer({ engine, network }));
  const rig = stack.use(await realController({ proxy: { ...caddy.config, ...change } }));
  const domain = `${rig.name}.localhost`;
  const { traffic } = caddy.config;
  const routes = '/config/apps/http/servers/tinyforge/routes';
  const kept = stack.move();
  return {
    rig,
    domain,
    traffic,
    get: ({ domain: asked = domain, path = '/' } = {}) => getByName(traffic.http, { domain: asked, path }),
    async hosts() {
      const all = (await caddy.api('GET', routes)) as CaddyRoute[];
      const own = all.filter(({ '@id': id = '' }) => !id.endsWith('--preview') && !id.endsWith('--none'));
      // A route that goes to another owner is written anew: its names are all that stays.
      return own.map(({ match }) => {
        const names = match?.flatMap(({ host = [] }) => host) ?? [];
        return { id: names.join(), domain_names: names };
      });
    },
    written: () => caddy.api('GET', '/config/'),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
