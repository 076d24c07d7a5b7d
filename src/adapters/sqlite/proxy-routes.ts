// ListProxyRoutes: the containers that a route leads to, joined with their workloads.
import type { Database } from 'better-sqlite3';
import type { ProxyRouteRow } from '../../model/record.ts';
import type { Store } from '../../ports/store.ts';

type Stored = Omit<ProxyRouteRow, 'domains'> & { domains: string | null };

const LIST = `
  SELECT c.id, c.workload_id AS workloadId, w.kind, w.name, w.app_id AS appId, c.role,
    json_extract(c.extra_json, '$.unit') AS unit,
    json_extract(c.extra_json, '$.route_key') AS routeKey,
    json_extract(c.extra_json, '$.domains') AS domains,
    c.subdomain, c.npm_proxy_id AS npmProxyId, c.proxy_route_id AS proxyRouteId,
    json_extract(c.extra_json, '$.name') AS containerName,
    c.image_ref AS imageRef,
    json_extract(c.extra_json, '$.release') AS release,
    c.host, c.state,
    json_extract(c.extra_json, '$.health') AS health,
    c.port
  FROM containers c JOIN workloads w ON w.id = c.workload_id
  WHERE json_extract(c.extra_json, '$.route_key') IS NOT NULL AND c.state <> 'missing'
  ORDER BY w.name, c.role, c.id`;

export function createProxyRoutes(db: Database): Pick<Store, 'proxyRoutes'> {
  const list = db.prepare<[], Stored>(LIST);
  return {
    proxyRoutes: () =>
      list.all().map(({ domains, ...row }) => ({
        ...row,
        domains: domains === null ? [] : (JSON.parse(domains) as string[]),
      })),
  };
}
