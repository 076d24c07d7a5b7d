// Hosts of Nginx Proxy Manager as the API gives and takes them. Whether a write happened is read, never believed.
import { canonicalJson } from '../../core/canonical.ts';
import type { Api, Result } from './api.ts';
import { answerOf } from './api.ts';
import { bodyOf, type Fields, type HostKind, PATHS, type Row, readRow } from './fields.ts';

export interface Hosts {
  list(kind: HostKind, signal: AbortSignal): Promise<Row[]>;
  /** Null where it is gone. */
  get(host: Pick<Row, 'kind' | 'id'>, signal: AbortSignal): Promise<Row | null>;
  create(kind: HostKind, options: Write): Promise<Result>;
  update(host: Pick<Row, 'kind' | 'id'>, options: Write): Promise<Result>;
  remove(host: Pick<Row, 'kind' | 'id'>, signal: AbortSignal): Promise<Result>;
  /** Hosts that have no `enabled` in their body. A write must follow: `enable` alone forgets the access list. */
  enable(host: Pick<Row, 'kind' | 'id'>, signal: AbortSignal): Promise<Result>;
}

export interface Write {
  fields: Fields;
  meta: Readonly<Record<string, unknown>>;
  signal: AbortSignal;
}

export function createHosts({ api, url }: { api: Api; url: string }): Hosts {
  return {
    async list(kind, signal) {
      const result = await api.call({ method: 'GET', path: PATHS[kind], signal });
      const value = answerOf(result, { url });
      return Array.isArray(value) ? value.flatMap((one) => readRow(kind, one) ?? []) : [];
    },
    async get({ kind, id }, signal) {
      const result = await api.call({ method: 'GET', path: `${PATHS[kind]}/${id}`, signal });
      if (result.type === 'refused' && result.status === 404) return null;
      return readRow(kind, answerOf(result, { url }));
    },
    create: (kind, { fields, meta, signal }) =>
      api.call({ method: 'POST', path: PATHS[kind], body: bodyOf({ fields, meta }), signal }),
    update({ kind, id }, { fields, meta, signal }) {
      // Without it a disabled host would stay so; with it nginx's file is made anew, access list and all.
      const enabled = kind === 'proxy-host' ? { enabled: true } : {};
      const body = { ...bodyOf({ fields, meta }), ...enabled };
      return api.call({ method: 'PUT', path: `${PATHS[kind]}/${id}`, body, signal });
    },
    remove: ({ kind, id }, signal) => api.call({ method: 'DELETE', path: `${PATHS[kind]}/${id}`, signal }),
    enable: ({ kind, id }, signal) =>
      api.call({ method: 'POST', path: `${PATHS[kind]}/${id}/enable`, body: {}, signal }),
  };
}

/** True where a row holds exactly what was meant. */
export function holds(row: Row, fields: Fields): boolean {
  return canonicalJson(row.fields) === canonicalJson(fields);
}

/** Names of fields that are not as meant. */
export function differing(row: Row, fields: Fields): string[] {
  return Object.keys(fields).filter(
    (name) => canonicalJson(row.fields[name]) !== canonicalJson(fields[name]),
  );
}
