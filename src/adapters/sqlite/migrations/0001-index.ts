// The index: workloads, the status of their units, and the containers that were seen. Times are milliseconds (UTC).
import type { Migration } from './migration.ts';

export const index: Migration = {
  name: 'index',
  up: `
    CREATE TABLE workloads (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      ref_id TEXT NOT NULL,
      name TEXT NOT NULL,
      app_id TEXT,
      notification_url TEXT,
      notification_secret TEXT CHECK (notification_secret GLOB '\${secret:?*}'),
      webhook_secret TEXT CHECK (webhook_secret GLOB '\${secret:?*}'),
      webhook_signing_secret TEXT CHECK (webhook_signing_secret GLOB '\${secret:?*}'),
      webhook_require_signature INTEGER NOT NULL DEFAULT 0 CHECK (webhook_require_signature IN (0, 1)),
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      UNIQUE (kind, ref_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX workloads_by_app ON workloads (app_id);

    CREATE TABLE statuses (
      unit TEXT PRIMARY KEY,
      workload_id TEXT NOT NULL REFERENCES workloads (id) ON DELETE CASCADE,
      outcome TEXT NOT NULL,
      reason TEXT NOT NULL,
      since_at INTEGER NOT NULL,
      changed_at INTEGER,
      status_json TEXT NOT NULL CHECK (json_valid(status_json))
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX statuses_by_workload ON statuses (workload_id);

    CREATE TABLE containers (
      id TEXT PRIMARY KEY,
      workload_id TEXT NOT NULL REFERENCES workloads (id),
      workload_kind TEXT NOT NULL,
      role TEXT NOT NULL,
      container_id TEXT NOT NULL,
      image_ref TEXT NOT NULL,
      host TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('running', 'stopped', 'failed', 'removing', 'missing')),
      port INTEGER CHECK (port BETWEEN 0 AND 65535),
      last_seen_at INTEGER NOT NULL,
      extra_json TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(extra_json)),
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      subdomain TEXT GENERATED ALWAYS AS (json_extract(extra_json, '$.subdomain')) VIRTUAL,
      npm_proxy_id INTEGER GENERATED ALWAYS AS (json_extract(extra_json, '$.npm_proxy_id')) VIRTUAL,
      proxy_route_id TEXT GENERATED ALWAYS AS (json_extract(extra_json, '$.proxy_route_id')) VIRTUAL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX containers_by_workload ON containers (workload_id);
    CREATE INDEX containers_by_kind ON containers (workload_kind);
    CREATE INDEX containers_by_state ON containers (state);
    CREATE INDEX containers_by_subdomain ON containers (subdomain) WHERE subdomain IS NOT NULL;
    CREATE INDEX containers_by_npm_proxy ON containers (npm_proxy_id) WHERE npm_proxy_id IS NOT NULL;
    CREATE INDEX containers_by_proxy_route ON containers (proxy_route_id) WHERE proxy_route_id IS NOT NULL;
  `,
  down: `
    DROP TABLE containers;
    DROP TABLE statuses;
    DROP TABLE workloads;
  `,
};
