// A route as JSON, for the API and `-o json`: all keys always there.
import { healthJson } from './json-status.ts';
import { monitorJson } from './monitor-history.ts';
import { type ProxyRow, upstreamsOf } from './proxy-rows.ts';

export type ProxyJson = ReturnType<typeof proxyJson>;

export function proxyJson(row: ProxyRow) {
  const { type, domains, status, containers, route, looks } = row;
  return {
    type,
    domains: [...domains],
    unit: status?.unit ?? null,
    workload_id: status?.workloadId ?? null,
    kind: status?.kind ?? null,
    name: status?.name ?? null,
    /** The stage of a project, the service of a stack. */
    role: status?.role ?? null,
    outcome: status?.outcome ?? null,
    sentence: status?.sentence ?? null,
    health: status === null ? null : healthJson(status.health),
    containers: containers.map((one) => ({
      name: one.containerName,
      role: one.role,
      image: one.imageRef,
      release: one.release,
      host: one.host,
      state: one.state,
      health: one.health,
    })),
    upstreams: upstreamsOf(row),
    proxy_route_id: route?.id ?? containers[0]?.proxyRouteId ?? null,
    npm_proxy_id: containers[0]?.npmProxyId ?? null,
    /** Null where the proxy was not asked, or does not have it. */
    enabled: route?.enabled ?? null,
    online: route?.online ?? null,
    error: route?.error ?? null,
    /** Of a stand-alone route that is watched. */
    monitor: monitorJson(looks),
  };
}
