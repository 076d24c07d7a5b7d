// Containers as JSON: allow-listed fields, never the row itself.
import { time } from '../../core/json-envelope.ts';
import type { ContainerRow } from '../../model/record.ts';

export function containerJson(row: ContainerRow) {
  return {
    id: row.id,
    workload_id: row.workloadId,
    workload_kind: row.workloadKind,
    role: row.role,
    container_id: row.containerId,
    name: text(row.extra, 'name'),
    image_ref: row.imageRef,
    host: row.host,
    state: row.state,
    health: text(row.extra, 'health'),
    port: row.port,
    replica: number(row.extra, 'replica'),
    release: text(row.extra, 'release'),
    digest: text(row.extra, 'image_digest'),
    spec_hash: text(row.extra, 'spec_hash'),
    exit_code: number(row.extra, 'exit_code'),
    subdomain: text(row.extra, 'subdomain'),
    npm_proxy_id: number(row.extra, 'npm_proxy_id'),
    proxy_route_id: text(row.extra, 'proxy_route_id'),
    last_seen_at: time(row.lastSeenAtMs),
    created_at: time(row.createdAtMs),
    updated_at: time(row.updatedAtMs),
  };
}

/** A text of the open part of a container's row. */
export function text(extra: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = extra[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

function number(extra: Readonly<Record<string, unknown>>, key: string): number | null {
  const value = extra[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
