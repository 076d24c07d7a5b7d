// The objects of Nginx Proxy Manager in one form: the same whether they were read or are to be written. Pure.

import { withoutKeys } from './without-keys.ts';

export type HostKind = 'proxy-host' | 'redirection-host' | 'dead-host' | 'stream';

export const HOST_KINDS: readonly HostKind[] = ['proxy-host', 'redirection-host', 'dead-host', 'stream'];

export const PATHS: Readonly<Record<HostKind, string>> = {
  'proxy-host': '/nginx/proxy-hosts',
  'redirection-host': '/nginx/redirection-hosts',
  'dead-host': '/nginx/dead-hosts',
  stream: '/nginx/streams',
};

export interface Location {
  path: string;
  forward_scheme: string;
  forward_host: string;
  forward_port: number;
  forward_path: string;
  advanced_config: string;
}

/** What can be written, all of it always there. Names and types are those of the API. */
export type Fields = Readonly<Record<string, unknown>>;

export interface Row {
  kind: HostKind;
  id: number;
  domains: readonly string[];
  fields: Fields;
  meta: Readonly<Record<string, unknown>>;
  enabled: boolean;
  /** Null where nginx was not asked yet. */
  online: boolean | null;
  error: string | null;
  /** It names a certificate that is there no more; told only where the answer says what its certificate is. */
  isCertificateGone: boolean;
  /** When somebody saved it last, to the second, in a time of the proxy's own; null where it does not say. */
  savedOn: string | null;
}

type FieldType = 'text' | 'number' | 'flag' | 'names' | 'locations';

const TLS: Readonly<Record<string, FieldType>> = {
  certificate_id: 'number',
  ssl_forced: 'flag',
  http2_support: 'flag',
  hsts_enabled: 'flag',
  hsts_subdomains: 'flag',
};

/** `trust_forwarded_proto` (since 2.14) is left alone: what is not sent keeps its value. */
const TYPES: Readonly<Record<HostKind, Readonly<Record<string, FieldType>>>> = {
  'proxy-host': {
    domain_names: 'names',
    forward_scheme: 'text',
    forward_host: 'text',
    forward_port: 'number',
    access_list_id: 'number',
    ...TLS,
    caching_enabled: 'flag',
    block_exploits: 'flag',
    allow_websocket_upgrade: 'flag',
    locations: 'locations',
    advanced_config: 'text',
  },
  'redirection-host': {
    domain_names: 'names',
    forward_scheme: 'text',
    forward_domain_name: 'text',
    forward_http_code: 'number',
    preserve_path: 'flag',
    block_exploits: 'flag',
    ...TLS,
    advanced_config: 'text',
  },
  'dead-host': { domain_names: 'names', ...TLS, advanced_config: 'text' },
  stream: {
    incoming_port: 'number',
    forwarding_host: 'text',
    forwarding_port: 'number',
    tcp_forwarding: 'flag',
    udp_forwarding: 'flag',
    certificate_id: 'number',
  },
};

/** Null for what is no object of this kind. Booleans are 0 and 1 up to 2.11. */
export function readRow(kind: HostKind, value: unknown): Row | null {
  if (typeof value !== 'object' || value === null) return null;
  const json = value as Record<string, unknown>;
  if (typeof json.id !== 'number') return null;
  const meta = readMeta(json.meta);
  const { nginx_online: online, nginx_err: error } = meta;
  return {
    kind,
    id: json.id,
    domains: names(json.domain_names),
    fields: readFields(kind, json),
    meta,
    enabled: json.enabled === undefined ? true : Boolean(json.enabled),
    online: online === undefined || online === null ? null : Boolean(online),
    error: typeof error === 'string' && error !== '' ? error : null,
    isCertificateGone: Number(json.certificate_id ?? 0) > 0 && isGone(json.certificate),
    savedOn: typeof json.modified_on === 'string' ? json.modified_on : null,
  };
}

/** It is absent where it was not asked for, which says nothing. */
function isGone(certificate: unknown): boolean {
  return certificate === null || Boolean((certificate as { is_deleted?: unknown } | undefined)?.is_deleted);
}

/** The one place of a host that holds whatever somebody put there; the rest is read field by field. */
function readMeta(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (withoutKeys(value) as Record<string, unknown>) : {};
}

export function readFields(kind: HostKind, json: Readonly<Record<string, unknown>>): Fields {
  const fields: Record<string, unknown> = {};
  for (const [name, read] of FIELD_READERS.get(kind) ?? []) fields[name] = read(json[name]);
  return fields;
}

/**
 * A body to send: the whole of it, for what is left out is not kept everywhere (without `certificate_id`, TLS flags fall
 * back to false). `locations: null`, which is what reading gives, would be refused.
 */
export function bodyOf(row: {
  fields: Fields;
  meta: Readonly<Record<string, unknown>>;
}): Record<string, unknown> {
  const { nginx_online: _online, nginx_err: _error, ...meta } = row.meta;
  const locations = row.fields.locations as readonly Location[] | undefined;
  return {
    ...row.fields,
    ...(locations === undefined ? {} : { locations: locations.map(sentLocation) }),
    meta,
  };
}

function sentLocation({ forward_path, advanced_config, ...rest }: Location): Record<string, unknown> {
  return {
    ...rest,
    ...(forward_path === '' ? {} : { forward_path }),
    ...(advanced_config === '' ? {} : { advanced_config }),
  };
}

const READERS: Readonly<Record<FieldType, (value: unknown) => unknown>> = {
  text: (value) => (typeof value === 'string' ? value.trim() : ''),
  number: (value) => (Number.isFinite(Number(value)) ? Number(value) : 0),
  flag: Boolean,
  names,
  locations: (value) => (Array.isArray(value) ? value.map(readLocation) : []),
};

/** They come back sorted, with their case kept. */
function names(value: unknown): string[] {
  return Array.isArray(value) ? value.map((name) => String(name).toLowerCase()).sort() : [];
}

function readLocation(value: unknown): Location {
  const json = (value ?? {}) as Record<string, unknown>;
  const text = (member: unknown): string => (typeof member === 'string' ? member : '');
  return {
    path: text(json.path),
    forward_scheme: text(json.forward_scheme),
    forward_host: text(json.forward_host),
    forward_port: Number(json.forward_port) || 0,
    forward_path: text(json.forward_path),
    advanced_config: text(json.advanced_config),
  };
}

/** Made once: a look reads hundreds of hosts. */
const FIELD_READERS: ReadonlyMap<HostKind, readonly (readonly [string, (value: unknown) => unknown])[]> =
  new Map(
    HOST_KINDS.map((kind) => [
      kind,
      Object.entries(TYPES[kind]).map(([name, type]) => [name, READERS[type]] as const),
    ]),
  );
