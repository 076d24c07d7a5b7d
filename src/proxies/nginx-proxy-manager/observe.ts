// From a host of Nginx Proxy Manager to a route in our words. Pure.
import { type ControllerNames, isOwnName } from '../../core/controller-names.ts';
import type { ObservedRoute, ResolvedTraffic, RouteTarget, Upstream } from '../../model/route.ts';
import type { Fields, HostKind, Row } from './fields.ts';
import { type LineFacts, readFacts, splitConfig } from './lines.ts';
import { linesHash, type Mark, ownerOf, readMark } from './mark.ts';

/** What `compare` needs of a row. Our lines hold the route's secret, so they are left out. */
export interface Raw {
  kind: HostKind;
  fields: Fields;
  user: string;
  /** `edited` where somebody changed them, or they are not those that the mark was made with. */
  lines: 'ours' | 'edited' | 'none';
  mark: Mark | null;
  isCertificateGone: boolean;
}

const TYPE_OF: Readonly<Record<HostKind, RouteTarget['type']>> = {
  'proxy-host': 'forward',
  'redirection-host': 'redirect',
  'dead-host': 'not_found',
  stream: 'stream',
};

export function idOfRow({ kind, id }: Pick<Row, 'kind' | 'id'>): string {
  return `${kind}/${id}`;
}

export function parseId(text: string): { kind: HostKind; id: number } | null {
  const [, kind, id] = /^(proxy-host|redirection-host|dead-host|stream)\/([1-9][0-9]*)$/.exec(text) ?? [];
  return kind === undefined ? null : { kind: kind as HostKind, id: Number(id) };
}

export function observe(row: Row, names: ControllerNames): ObservedRoute {
  const owner = ownerOf(row);
  const { ours } = splitConfig(String(row.fields.advanced_config ?? ''));
  const raw = rawOf(row, ours);
  return {
    id: idOfRow(row),
    type: TYPE_OF[row.kind],
    domains: row.domains,
    ...(row.kind === 'stream' ? { incomingPort: Number(row.fields.incoming_port) } : {}),
    owner:
      owner !== null && isOwnName(owner.controller, names)
        ? { ...owner, controller: names.controller }
        : null,
    traffic: row.kind === 'proxy-host' ? trafficOf(raw, readFacts(ours)) : null,
    written: row.kind === 'proxy-host' ? (readFacts(ours)?.traffic ?? null) : null,
    enabled: row.enabled,
    online: row.enabled && row.online !== false,
    error: row.error,
    tls: Number(row.fields.certificate_id ?? 0) > 0,
    raw,
  };
}

function rawOf(row: Row, ours: string | null): Raw {
  const mark = readMark(row.meta);
  const { advanced_config: config, ...fields } = row.fields;
  return {
    kind: row.kind,
    fields,
    user: splitConfig(String(config ?? '')).user,
    lines: ours === null ? 'none' : linesHash(ours) === mark?.lines ? 'ours' : 'edited',
    mark,
    isCertificateGone: row.isCertificateGone,
  };
}

/** The first upstream is what the host says, even where a hand changed it; the others stand in our lines alone. */
function trafficOf({ fields, lines }: Raw, facts: LineFacts | null): ResolvedTraffic | null {
  const first = upstreamOf(fields);
  if (lines === 'edited') return null;
  const traffic = lines === 'ours' ? (facts?.traffic ?? null) : null;
  return { main: [first, ...(traffic?.main.slice(1) ?? [])], canary: traffic?.canary ?? null };
}

/** What a proxy host says itself. */
export function upstreamOf({
  forward_scheme: scheme,
  forward_host: host,
  forward_port: port,
}: Fields): Upstream {
  return {
    scheme: scheme === 'https' ? 'https' : 'http',
    host: String(host).replace(/^\[(.*)\]$/, '$1'),
    port: Number(port),
  };
}
