// What of a wish is not so in a host, field by field, in words for people. Traffic and our own lines are left out. Pure.
import { canonicalJson } from '../../core/canonical.ts';
import type { FieldDrift, ObservedRoute, RouteWish } from '../../model/route.ts';
import { type Location, readFields } from './fields.ts';
import type { Raw } from './observe.ts';
import { accessNameOf, certificateHash, KIND_OF, plainFields, tlsFields, userConfigOf } from './wanted.ts';

export interface CompareOptions {
  /** What is wrong with the certificate that the host has now; null where nothing is known to be. */
  certificateTrouble(id: number): string | null;
  /** True where somebody else saved a host with an access list, which may let everybody in since. */
  isDoubtful(id: string): boolean;
  /** True where a certificate that covers the names of a wish is known to be there. */
  isCovered(wish: RouteWish): boolean;
  /** Of the certificate that a secret holds now. */
  fingerprintOf(secret: string): string | null;
}

export function compareRoute(wish: RouteWish, route: ObservedRoute, options: CompareOptions): FieldDrift[] {
  const raw = route.raw as Raw;
  const kind = KIND_OF[wish.target.type];
  if (raw.kind !== kind) return [{ field: 'kind', is: route.type, shall: wish.target.type }];
  const certificateId = Number(raw.fields.certificate_id ?? 0);
  const wanted = readFields(kind, { ...plainFields(wish), ...tlsFields(wish, certificateId) });
  const drifts = Object.entries(wanted).flatMap(([name, shall]): FieldDrift[] => {
    const words = kind === 'redirection-host' && name === 'forward_scheme' ? 'redirect scheme' : WORDS[name];
    const is = raw.fields[name];
    if (words === undefined || canonicalJson(is) === canonicalJson(shall)) return [];
    return [{ field: words, ...bothShown(is, shall) }];
  });
  return [
    ...(route.enabled ? [] : [{ field: 'enabled', is: 'no', shall: 'yes' }]),
    ...(route.enabled && !route.online
      ? [
          {
            field: 'online',
            is: `no: ${(route.error ?? 'nginx does not say why').slice(0, 120)}`,
            shall: 'yes',
          },
        ]
      : []),
    ...drifts,
    ...certificateDrift(wish, { raw, options }),
    ...accessDrift(wish, { raw, isDoubtful: options.isDoubtful(route.id) }),
    ...linesDrift(wish, raw),
  ];
}

/** Traffic is not compared, and TLS and access have words of their own. */
const WORDS: Readonly<Record<string, string>> = {
  domain_names: 'domains',
  ssl_forced: 'forced TLS',
  http2_support: 'HTTP/2',
  hsts_enabled: 'HSTS',
  hsts_subdomains: 'HSTS for subdomains',
  caching_enabled: 'caching',
  block_exploits: 'blocking of exploits',
  allow_websocket_upgrade: 'websockets',
  locations: 'locations',
  forward_domain_name: 'redirect to',
  forward_http_code: 'redirect code',
  preserve_path: 'path kept',
  incoming_port: 'incoming port',
  forwarding_host: 'host',
  forwarding_port: 'port',
  tcp_forwarding: 'tcp',
  udp_forwarding: 'udp',
};

function certificateDrift(
  wish: RouteWish,
  { raw, options }: { raw: Raw; options: CompareOptions },
): FieldDrift[] {
  const id = Number(raw.fields.certificate_id ?? 0);
  const is = id === 0 ? 'none' : `number ${id}`;
  const drift = (shall: string, now = is): FieldDrift[] => [{ field: 'certificate', is: now, shall }];
  if (wish.tls === null) return id === 0 ? [] : drift('none');
  const mark = raw.mark?.certificate ?? null;
  const shall = certificateWords(wish);
  if (mark === null || mark.wish !== certificateHash(wish)) return drift(shall);
  const { certificate } = wish.tls;
  if (mark.id === 0 && id === 0 && certificate.type === 'auto' && certificate.orPlain === true)
    return options.isCovered(wish) ? drift(shall) : [];
  if (mark.id !== id || id === 0) return drift(`number ${mark.id} (${shall})`);
  const trouble = raw.isCertificateGone ? 'which was deleted' : options.certificateTrouble(id);
  if (trouble !== null) return drift(shall, `${is}, ${trouble}`);
  if (certificate.type !== 'upload') return [];
  const now = options.fingerprintOf(certificate.certificate);
  return now === null || now === mark.fingerprint
    ? []
    : drift(`what the secret ${certificate.certificate} holds now`);
}

function certificateWords({ tls }: RouteWish): string {
  switch (tls?.certificate.type) {
    case 'named':
      return `the one called ${tls.certificate.name}`;
    case 'upload':
      return `from the secret ${tls.certificate.certificate}`;
    case 'letsencrypt':
      return "from Let's Encrypt";
    default:
      return 'the one that covers its names';
  }
}

function accessDrift(wish: RouteWish, { raw, isDoubtful }: { raw: Raw; isDoubtful: boolean }): FieldDrift[] {
  if (raw.kind !== 'proxy-host') return [];
  const name = accessNameOf(wish);
  const id = Number(raw.fields.access_list_id ?? 0);
  const known = raw.mark?.access ?? null;
  const isSo = name === null ? id === 0 : known?.name === name && known.id === id && id > 0;
  const is = id === 0 ? 'everybody' : known?.id === id ? known.name : `list number ${id}`;
  const field = 'access list';
  if (isSo && name !== null && isDoubtful)
    return [{ field, is: `${is}, but saved by somebody: it may let everybody in`, shall: name }];
  return isSo ? [] : [{ field, is, shall: name ?? 'everybody' }];
}

function linesDrift(wish: RouteWish, raw: Raw): FieldDrift[] {
  const user = userConfigOf(wish);
  return [
    ...(raw.mark === null ? [{ field: 'mark', is: 'gone', shall: 'ours' }] : []),
    ...(raw.kind === 'stream' || raw.lines === 'ours' || raw.mark === null
      ? []
      : [{ field: 'lines of Tinyforge', is: raw.lines === 'none' ? 'gone' : 'edited', shall: 'as written' }]),
    ...(raw.kind === 'stream' || raw.user === user
      ? []
      : [{ field: 'advanced_config', is: lineCount(raw.user), shall: lineCount(user, raw.user) }]),
  ];
}

/** What stands in them may be long, or private. */
function lineCount(text: string, other?: string): string {
  if (text === '') return 'none';
  const count = text.split('\n').length;
  const words = `${count} ${count === 1 ? 'line' : 'lines'}`;
  return other?.split('\n').length === count ? `${words}, other ones` : words;
}

/** What differs at their ends, or in lines that are not shown, reads the same: then it is said that it is not. */
function bothShown(is: unknown, shall: unknown): Pick<FieldDrift, 'is' | 'shall'> {
  const texts = { is: shown(is), shall: shown(shall) };
  return texts.is === texts.shall ? { ...texts, is: `${texts.is} (not the same)` } : texts;
}

function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.length === 0) return 'none';
  const text = Array.isArray(value)
    ? value.map((one) => (typeof one === 'string' ? one : locationWords(one as Location))).join(', ')
    : String(value);
  return text.slice(0, 120);
}

function locationWords({ path, forward_scheme, forward_host, forward_port, forward_path }: Location): string {
  return `${path} to ${forward_scheme}://${forward_host}:${forward_port}${forward_path}`;
}
