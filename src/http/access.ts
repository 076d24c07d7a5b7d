// Who may call what: one line for each route there is. A route that is not named here cannot be registered.

/**
 * - `open`: health probes; off loopback the only answers without a token.
 * - `token`: a bearer token off loopback; on loopback none is needed, but a wrong one is refused.
 * - `signature`: webhooks, which prove themselves by their own signature.
 */
export type Access = 'open' | 'token' | 'signature';

/** Order counts: the first that matches answers, so fixed words stand before free ones. */
export const ACCESS = {
  'GET /healthz': 'open',
  'GET /readyz': 'open',
  'GET /metrics': 'token',
  'GET /api/workloads': 'token',
  'GET /api/workloads/:id': 'token',
  'GET /api/workloads/:id/containers': 'token',
  'GET /api/workloads/:id/deploys': 'token',
  'GET /api/workloads/:id/:stage': 'token',
  'GET /api/workloads/:id/:stage/containers': 'token',
  'GET /api/workloads/:id/:stage/deploys': 'token',
  'GET /api/containers': 'token',
  'GET /api/plan': 'token',
  'GET /api/events': 'token',
  'GET /api/proxies': 'token',
  'POST /api/proxies': 'token',
  'PUT /api/proxies/:name': 'token',
  'DELETE /api/proxies/:name': 'token',
  'POST /api/workloads/:id/rollback': 'token',
  'POST /api/workloads/:id/:stage/rollback': 'token',
  'POST /api/sync': 'token',
  'POST /api/webhooks/:name': 'signature',
  'GET /events/stream': 'token',
  'GET /assets/:file': 'token',
  'GET /': 'token',
  'GET /workloads': 'token',
  'GET /workloads/:name': 'token',
  'GET /workloads/:name/:second': 'token',
  'GET /workloads/:name/:stage/:tab': 'token',
  'GET /deploys': 'token',
  'GET /deploys/:id': 'token',
  'GET /routes': 'token',
  'GET /events': 'token',
} as const satisfies Readonly<Record<`${'GET' | 'POST' | 'PUT' | 'DELETE'} /${string}`, Access>>;

export type RouteKey = keyof typeof ACCESS;
