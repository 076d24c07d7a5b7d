// The whole product with a proxy: the double of Nginx Proxy Manager with a real nginx in front of what the real engine runs.

import type { Config, ProxyConfig } from '../../../src/model/config.ts';
import { type Load, startLoad } from '../load/load.ts';
import { type Api, logIn } from '../npm/double-client.ts';
import { type NpmDouble, startNpmDouble } from '../npm/start-double.ts';
import { getByName } from '../proxy/get.ts';
import { configOf } from '../proxy/npm-rig.ts';
import type { RigAnswer } from '../proxy/rig.ts';
import { removeFromEngine } from './clean-up.ts';
import { type RealController, realController } from './controller.ts';
import { sharedEngine, uniqueName } from './engine.ts';

export type Reach = ProxyConfig['reach'];

/** With any proxy. */
export interface Routed extends AsyncDisposable {
  rig: RealController;
  /** A name below this test's own. */
  domain: string;
  /** Where clients ask the proxy. */
  traffic: { http: string };
  /** One request through the proxy. */
  get(options?: { domain?: string; path?: string }): Promise<RigAnswer>;
  /** What it has for whom, in the order that it has it in. */
  hosts(): Promise<{ id: number | string; domain_names: string[] }[]>;
  /** Another value after each write. */
  written(): Promise<unknown>;
}

export interface RoutedController extends Routed {
  double: NpmDouble;
  /** The double's API as a person with the administrator's password has it. */
  api: Api;
  /** Two clients who ask for its first page without an end; the text of each answer counts as its version. */
  visitors(): Load;
  /** Hosts of the proxy, in the order of their ids. */
  hosts(): Promise<NpmHost[]>;
  /** Writes that the double's API has answered so far. */
  writes(): number;
}

export interface NpmHost {
  id: number;
  domain_names: string[];
  forward_host: string;
  forward_port: number;
  enabled: boolean;
  advanced_config: string;
  caching_enabled: boolean;
  modified_on: string;
  meta: Record<string, unknown>;
}

/** With `network` the nginx is a container on a network that is shared with what is deployed. */
export async function routedController(options: {
  reach: Reach;
  proxy?: Partial<ProxyConfig>;
  env?: Record<string, string>;
  prometheus?: Config['prometheus'];
}): Promise<RoutedController> {
  const { reach } = options;
  const engine = sharedEngine();
  const network = uniqueName('routes');
  const isShared = reach === 'network';
  if (isShared) await engine.ask({ method: 'POST', path: '/networks/create', body: { Name: network } });
  const double = await startNpmDouble(
    isShared ? { nginx: 'container', container: { engine, network } } : { nginx: 'process' },
  );
  const proxy: ProxyConfig = {
    ...configOf(double),
    ...(isShared ? { reach, network, address: null } : { reach }),
    drainMs: 0,
    ...options.proxy,
  };
  const { env = {}, prometheus = null } = options;
  const rig = await realController({ proxy, secrets: { npm: double.password }, env, prometheus });
  const api = await logIn(double);
  const domain = `${rig.name}.example.test`;
  const writes = (): number =>
    double.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/nginx/')).length;
  return {
    rig,
    double,
    api,
    domain,
    traffic: double.traffic,
    get: ({ domain: asked = domain, path = '/' } = {}) =>
      getByName(double.traffic.http, { domain: asked, path }),
    visitors: () =>
      startLoad({
        base: double.traffic.http,
        host: domain,
        lanes: [{ path: '/', connection: 'new', clients: 2, pauseMs: 20 }],
        versionOf({ status, body }) {
          if (status !== 200) throw new Error(`answered ${status}`);
          return body.trim();
        },
      }),
    async hosts() {
      const { body } = await api('GET', '/nginx/proxy-hosts');
      return (body as NpmHost[]).sort((a, b) => a.id - b.id);
    },
    writes,
    written: async () => writes(),
    async [Symbol.asyncDispose]() {
      await rig[Symbol.asyncDispose]();
      await double.close();
      if (isShared) await removeFromEngine(engine, { namePrefix: network });
    },
  };
}
