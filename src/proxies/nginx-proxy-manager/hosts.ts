// Hosts of Nginx Proxy Manager as the API gives and takes them. Whether a write happened is read, never believed.
import { canonicalJson } from '../../core/canonical.ts';
import type { Api, Result } from './api.ts';
import { answerOf } from './api.ts';
import { bodyOf, type Fields, type HostKind, PATHS, type Row, readRow } from './fields.ts';

export interface Hosts {
  /**
   * The very same list, not only an equal one, as long as nothing in it has changed. With `certificates` it also says
   * which of them are gone; streams before 2.12.3 cannot be asked that.
   */
  list(kind: HostKind, signal: AbortSignal, more?: { certificates: boolean }): Promise<readonly Row[]>;
  /** Null where it is gone. */
  get(host: Pick<Row, 'kind' | 'id'>, signal: AbortSignal): Promise<Row | null>;
  create(kind: HostKind, options: Write): Promise<Result>;
  update(host: Pick<Row, 'kind' | 'id' | 'fields'>, options: Write): Promise<Result>;
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
  const lists = new Map<string, KnownList>();

  return {
    async list(kind, signal, { certificates } = { certificates: false }) {
      const path = `${PATHS[kind]}${certificates ? '?expand=certificate' : ''}`;
      const known = lists.get(path) ?? knownList(kind);
      lists.set(path, known);
      const result = await api.call({ method: 'GET', path, signal, parse: known.parse });
      return known.rowsOf(answerOf(result, { url }));
    },
    async get({ kind, id }, signal) {
      const result = await api.call({ method: 'GET', path: `${PATHS[kind]}/${id}`, signal });
      if (result.type === 'refused' && result.status === 404) return null;
      return readRow(kind, answerOf(result, { url }));
    },
    create: (kind, { fields, meta, signal }) =>
      api.call({ method: 'POST', path: PATHS[kind], body: bodyFor(kind, { fields, meta }), signal }),
    update({ kind, id, fields: before }, { fields, meta, signal }) {
      // Without it a disabled host would stay so; with it nginx's file is made anew, access list and all.
      const enabled = kind === 'proxy-host' ? { enabled: true } : {};
      const body = { ...bodyFor(kind, { fields, meta, before }), ...enabled };
      return api.call({ method: 'PUT', path: `${PATHS[kind]}/${id}`, body, signal });
    },
    remove: ({ kind, id }, signal) => api.call({ method: 'DELETE', path: `${PATHS[kind]}/${id}`, signal }),
    enable: ({ kind, id }, signal) =>
      api.call({ method: 'POST', path: `${PATHS[kind]}/${id}/enable`, body: {}, signal }),
  };
}

/** Up to 2.12.2 a stream has no certificate, and where there is none to name the field would be refused. */
function bodyFor(
  kind: HostKind,
  { before, ...row }: Pick<Write, 'fields' | 'meta'> & { before?: Fields },
): Record<string, unknown> {
  const body = bodyOf(row);
  const isNamed = [body, before].some((fields) => Number(fields?.certificate_id ?? 0) > 0);
  if (kind !== 'stream' || isNamed) return body;
  const { certificate_id: _none, ...rest } = body;
  return rest;
}

interface KnownList {
  parse(body: string): unknown;
  rowsOf(value: unknown): readonly Row[];
}

/** Hundreds of hosts are looked at in each pass and hardly ever differ: the same text is read once. */
function knownList(kind: HostKind): KnownList {
  let newest: { body: string; value: unknown } | null = null;
  let read: { value: unknown; rows: readonly Row[] } | null = null;
  return {
    parse(body) {
      if (newest?.body !== body) newest = { body, value: JSON.parse(body) as unknown };
      return newest.value;
    },
    rowsOf(value) {
      if (read === null || read.value !== value)
        read = {
          value,
          rows: Array.isArray(value) ? value.flatMap((one) => readRow(kind, one) ?? []) : [],
        };
      return read.rows;
    },
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
