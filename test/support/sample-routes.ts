// What a proxy has on an ordinary day: routes of ours, of another controller, and of people.
import type { ProxyConfig } from '../../src/model/config.ts';
import type { ObservedRoute } from '../../src/model/route.ts';
import type { UnitStatus } from '../../src/model/status.ts';
import type { Store } from '../../src/ports/store.ts';
import { NOW_MS, unitStatus } from './sample-status.ts';

export const PROXY: ProxyConfig = {
  provider: 'nginx-proxy-manager',
  url: 'http://npm:81',
  email: 'bot@example.com',
  password: 'npm',
  totp: null,
  traffic: { http: 'http://npm:80', https: 'https://npm:443' },
  reach: 'network',
  network: 'proxy',
  address: null,
  domain: null,
  subdomain: 'stage-{stage}-{project}',
  drift: 'heal',
  tls: 'off',
  probe: true,
  drainMs: 10_000,
};

export const nas: UnitStatus = unitStatus('nas', {
  kind: 'proxy',
  workloadId: 'proxy.nas',
  role: '',
  outcome: 'degraded',
  reason: 'Unhealthy',
  sentence: 'nas does not answer: connection refused',
  runs: null,
  health: { status: 'unhealthy', ready: 0, total: 1, detail: 'connection refused, for 4 min' },
  domains: ['nas.example.com', 'files.example.com'],
});

export const shop: UnitStatus = unitStatus('shop/prod', {
  workloadId: 'project.shop',
  name: 'shop',
  role: 'prod',
  runs: '2.1.4',
  health: { status: 'healthy', ready: 2, total: 2, detail: null },
  domains: ['shop.example.com'],
});

/** One found in the proxy. */
export function observed(change: Partial<ObservedRoute>): ObservedRoute {
  return {
    id: 'proxy-host/1',
    type: 'forward',
    domains: [],
    owner: null,
    traffic: null,
    written: null,
    enabled: true,
    online: true,
    error: null,
    tls: true,
    raw: null,
    ...change,
  };
}

const to = (host: string, port: number) => ({
  main: [{ scheme: 'http' as const, host, port }],
  canary: null,
});

export const ROUTES: readonly ObservedRoute[] = [
  observed({
    id: 'proxy-host/14',
    domains: ['shop.example.com'],
    owner: { controller: 'default', unit: 'shop/prod', key: 'shop/prod' },
    traffic: to('shop-prod-4be1c0', 8080),
  }),
  observed({
    id: 'proxy-host/15',
    domains: ['files.example.com', 'nas.example.com'],
    owner: { controller: 'default', unit: 'nas', key: 'nas' },
    traffic: to('192.0.2.10', 5000),
    online: false,
    error: 'host not found in upstream "nas.lan"',
  }),
  observed({ id: 'proxy-host/3', domains: ['*.home.example.com'], traffic: to('192.0.2.20', 8123) }),
  observed({ id: 'proxy-host/4', domains: ['<b>odd</b>.example.com'], enabled: false }),
  observed({
    id: 'proxy-host/9',
    domains: ['attic.example.com'],
    owner: { controller: 'attic', unit: 'blog', key: 'blog' },
    traffic: to('blog-1a2b3c', 80),
  }),
];

/** Two replicas behind the route of the shop, one of an earlier generation that has none. */
export function addRouted(store: Store): void {
  const workload = { id: 'project.shop', kind: 'project', refId: 'shop', name: 'shop', appId: 'storefront' };
  const nothing = {
    notificationUrl: null,
    notificationSecret: null,
    webhookSecret: null,
    webhookSigningSecret: null,
  };
  store.upsertWorkload({ ...workload, ...nothing, webhookRequireSignature: false }, NOW_MS);
  const route = {
    domains: ['shop.example.com'],
    subdomain: 'shop',
    npm_proxy_id: 14,
    proxy_route_id: 'proxy-host/14',
    route_key: 'shop/prod',
  };
  for (const [replica, extra, state] of [
    [1, route, 'running'],
    [2, route, 'running'],
    [3, route, 'missing'],
    [4, {}, 'stopped'],
  ] as const) {
    const containerId = `${replica}`.padStart(12, 'c');
    store.upsertContainer(
      {
        id: `local/${containerId}`,
        workloadId: 'project.shop',
        workloadKind: 'project',
        role: 'prod',
        containerId,
        imageRef: 'ghcr.io/acme/shop:2.1.4',
        host: 'local',
        state,
        port: null,
        lastSeenAtMs: NOW_MS,
        extra: {
          name: `shop-prod-4be1c0-${replica}`,
          unit: 'shop/prod',
          replica,
          release: '2.1.4',
          health: 'healthy',
          ...extra,
        },
      },
      NOW_MS,
    );
  }
}

/** The nas was up for a while, missed two looks, and is down since the third. */
export function addWatched(store: Store): void {
  const looks = ['up', 'up', 'miss', 'miss', 'down', 'down'] as const;
  for (const [index, look] of looks.entries())
    store.addMonitorResult({
      unit: 'nas',
      atMs: NOW_MS - (looks.length - index) * 60_000,
      ok: look === 'up',
      state: look === 'down' ? 'down' : 'up',
      durationMs: look === 'up' ? 12 : 3,
      detail: look === 'up' ? 'HTTP 200' : 'connection refused',
    });
}
