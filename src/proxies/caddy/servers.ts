// Our own servers in Caddy: made before the first route that needs them, and left as they are where they are there.
import { canonicalJson } from '../../core/canonical.ts';
import type { ProxyConfig } from '../../model/config.ts';
import type { CaddyApi, Change } from './api.ts';
import { staticResponse } from './compile.ts';
import { type CaddyConfig, type CaddyRoute, serverOf } from './config.ts';
import { FALLBACK_ID, isPreviewId, PLAIN_SERVER, TLS_SERVER } from './names.ts';

export interface Ports {
  http: number;
  https: number;
}

export function portsOf({ http, https }: ProxyConfig['traffic']): Ports {
  return { http: Number(new URL(http).port || 80), https: Number(new URL(https).port || 443) };
}

/** Makes what is missing, and returns the configuration that is there then. */
export async function ensureServers(
  config: CaddyConfig,
  of: {
    api: CaddyApi;
    ports: Ports;
    needsTls: boolean;
    preview: (server: string) => CaddyRoute;
    signal: AbortSignal;
  },
): Promise<CaddyConfig> {
  const changes = [
    ...(of.needsTls && !config.hasPki ? [NO_TRUST_INSTALL] : []),
    ...missing(config, {
      name: PLAIN_SERVER,
      server: plainServer(of.ports),
      preview: of.preview(PLAIN_SERVER),
    }),
    ...(of.needsTls
      ? missing(config, { name: TLS_SERVER, server: tlsServer(of.ports), preview: of.preview(TLS_SERVER) })
      : []),
  ];
  if (changes.length === 0) return config;
  // Global, so only where nobody else has an HTTP app: which ports users come by decides how names are proven.
  const ports = { http_port: of.ports.http, https_port: of.ports.https };
  if (!config.hasHttp) await of.api.write(put(['config', 'apps', 'http'], ports), of.signal);
  for (const change of changes) {
    if (change.method === 'DELETE') await of.api.remove(change, of.signal);
    else await of.api.write(change, of.signal);
  }
  return of.api.read(of.signal);
}

type Step = Change | (Omit<Change, 'method'> & { method: 'DELETE' });

function missing(
  config: CaddyConfig,
  { name, server, preview }: { name: string; server: object; preview: CaddyRoute },
): Step[] {
  const path = ['config', 'apps', 'http', 'servers', name];
  const there = serverOf(config, name);
  const routes = [preview, fallback(name)];
  if (there === null) return [put(path, { ...server, routes })];
  if (!there.hasRoutes) return [put([...path, 'routes'], routes)];
  const place = there.routes.findIndex((route) => route['@id'] === preview['@id']);
  const first = put([...path, 'routes', '0'], preview);
  if (place < 0) return [first];
  const isFirst = there.routes.slice(0, place).every((route) => isPreviewId(route['@id']));
  // A hand put a route before it. The new one comes first, so that at no time a preview is answered by who is live.
  if (!isFirst) return [first, { ...first, method: 'DELETE', path: [...path, 'routes', String(place + 1)] }];
  if (canonicalJson(there.routes[place]) === canonicalJson(preview)) return [];
  return [{ ...first, method: 'PATCH', path: [...path, 'routes', String(place)] }];
}

const plainServer = ({ http }: Ports): object => ({
  listen: [`:${http}`],
  automatic_https: { disable: true },
});

/** Certificates follow from the names of its routes; without the policy it would speak plain HTTP while it has none. */
const tlsServer = ({ https }: Ports): object => ({
  listen: [`:${https}`],
  automatic_https: { disable_redirects: true },
  tls_connection_policies: [{}],
});

/** Else Caddy's own authority for names like shop.localhost is put into the machine's trust store, unasked. */
const NO_TRUST_INSTALL = put(['config', 'apps', 'pki'], {
  certificate_authorities: { local: { install_trust: false } },
});

function fallback(server: string): CaddyRoute {
  return {
    '@id': server === PLAIN_SERVER ? FALLBACK_ID : `${FALLBACK_ID}-${server}`,
    handle: [staticResponse(404, { body: 'No route has this name.\n' })],
  };
}

function put(path: readonly string[], body: unknown): Change {
  return { method: 'PUT', path, body, what: `The server ${path[4] ?? PLAIN_SERVER}, which our routes need,` };
}
