// The whole HTTP side as one function from request to answer: guards first, then the table of routes.
import { type Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import { ACCESS, type RouteKey } from './access.ts';
import { failure } from './api/envelope.ts';
import { healthRoutes } from './api/routes-health.ts';
import { indexRoutes } from './api/routes-index.ts';
import { proxyRoutes } from './api/routes-proxies.ts';
import { rollbackRoutes } from './api/routes-rollback.ts';
import { syncRoutes } from './api/routes-sync.ts';
import { workloadRoutes } from './api/routes-workloads.ts';
import { createAssets } from './assets.ts';
import type { HttpDeps } from './deps.ts';
import { createBearer } from './guards/bearer.ts';
import { createHostGuard } from './guards/host.ts';
import { createOriginGuard } from './guards/origin.ts';
import { addSecurityHeaders } from './guards/security-headers.ts';
import type { Handlers } from './handler.ts';
import { hookRoutes } from './hooks/routes-hooks.ts';
import { createLiveHub } from './live/hub.ts';
import { liveRoutes } from './live/routes-live.ts';
import { createPages } from './pages/read-page.ts';
import { pageRoutes } from './pages/routes-pages.ts';
import { quoted, type Refusal } from './refusal.ts';

export interface HttpApp {
  /** `env` is what the server knows of the connection; absent in memory. */
  fetch(request: Request, env?: unknown): Response | Promise<Response>;
  /** Ends the live streams, which would keep a server from closing. */
  close(): void;
  /** The routes as they were registered, for the test that looks for one without access. */
  routes(): { method: string; path: string }[];
}

/** Throws the fault TokenMissing where it would listen off loopback without any token. */
export function createHttpApp(deps: HttpDeps): HttpApp {
  const { config, log } = deps;
  const bearer = createBearer(deps);
  const hostGuard = createHostGuard(config);
  const originGuard = createOriginGuard(config);
  const assets = createAssets();
  const pages = createPages(deps, assets);
  const hub = createLiveHub(deps, pages);
  const handlers: Handlers<RouteKey> = {
    ...healthRoutes(deps),
    ...workloadRoutes(deps),
    ...indexRoutes(deps),
    ...proxyRoutes(deps),
    ...rollbackRoutes(deps),
    ...syncRoutes(deps),
    ...hookRoutes(deps),
    ...liveRoutes(hub),
    ...assets.routes,
    ...pageRoutes(pages, hub),
  };
  const app = new Hono({ strict: false });

  app.use('*', async (c, next) => {
    const refusal = guard(c);
    if (refusal === null) await next();
    else c.res = refuse(c, refusal);
    addSecurityHeaders(c.res.headers);
  });
  app.use('*', compress());
  const keys = Object.keys(ACCESS) as RouteKey[];
  for (const key of keys) {
    const [method = '', path = ''] = key.split(' ');
    app.on(method, path, (c) => pass(c, key) ?? handlers[key](c));
  }
  for (const path of new Set(keys.map(pathOf))) app.all(path, (c) => wrongMethod(c, path, keys));
  app.notFound((c) => refuse(c, withToken(c) ?? pages.unknown(new URL(c.req.url).pathname)));
  app.onError((error, c) => {
    // The route, never the address: for some webhooks the address is the secret.
    log.error('A request failed', { method: c.req.method, error });
    return refuse(c, internal());
  });

  function guard(c: Context): Refusal | null {
    const host = c.req.header('host');
    const path = new URL(c.req.url).pathname;
    const refusal = hostGuard(host);
    if (refusal !== null) {
      log.warn('A request for a strange host was refused', { host: host?.slice(0, 100) ?? null });
      return refusal;
    }
    if (path.startsWith('/api/webhooks/')) return null;
    return originGuard({
      method: c.req.method,
      host,
      origin: c.req.header('origin'),
      fetchSite: c.req.header('sec-fetch-site'),
      fetchMode: c.req.header('sec-fetch-mode'),
      stream: path === '/events/stream',
    });
  }

  /** Null where the caller may use this route. */
  function pass(c: Context, key: RouteKey): Response | null {
    const access = ACCESS[key];
    const refusal = access === 'signature' ? null : bearer.check(c.req.header('authorization'), access);
    return refusal === null ? null : refuse(c, refusal);
  }

  function withToken(c: Context): Refusal | null {
    return bearer.check(c.req.header('authorization'), 'token');
  }

  function wrongMethod(c: Context, path: string, all: readonly RouteKey[]): Response {
    const methods = all.filter((key) => pathOf(key) === path).map((key) => key.split(' ')[0] ?? '');
    const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    const wrong: Refusal = {
      status: 405,
      code: 'METHOD_UNKNOWN',
      reason: 'MethodUnknown',
      message: `${quoted(c.req.method)} is not served here.`,
      hint: `This address takes ${allowed.join(' and ')}.`,
      headers: { Allow: allowed.join(', ') },
    };
    return refuse(c, path.startsWith('/api/webhooks/') ? wrong : (withToken(c) ?? wrong));
  }

  /** A page for browsers, the envelope for programs. A guard's refusal tells a stranger nothing else about us. */
  function refuse(c: Context, refusal: Refusal): Response {
    const page = refusal.status !== 401 && refusal.status !== 403 && wantsPage(c);
    return page ? pageOf(c, refusal) : failure(c, refusal);
  }

  function pageOf(c: Context, refusal: Refusal): Response {
    try {
      return new Response(String(pages.refusal(refusal)), {
        status: refusal.status,
        headers: { 'Content-Type': 'text/html; charset=UTF-8', ...refusal.headers },
      });
    } catch {
      // The frame itself reads the controller; where that is what failed, the plain answer still works.
      return failure(c, refusal);
    }
  }

  return {
    fetch: (request, env) => app.fetch(request, env as object | undefined),
    close: () => hub.close(),
    routes: () => app.routes.map(({ method, path }) => ({ method, path })),
  };
}

function pathOf(key: RouteKey): string {
  return key.slice(key.indexOf(' ') + 1);
}

function wantsPage(c: Context): boolean {
  const { pathname } = new URL(c.req.url);
  if (/^\/(api|assets|healthz|readyz|metrics)(\/|$)/.test(pathname)) return false;
  return (c.req.header('accept') ?? '').includes('text/html');
}

function internal(): Refusal {
  return {
    status: 500,
    code: 'INTERNAL',
    reason: 'Internal',
    message: 'Tinyforge could not answer this.',
    hint: 'What runs is not affected; the log tells more.',
  };
}
