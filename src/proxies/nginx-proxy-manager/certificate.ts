// What a certificate covers and when it ends: read from itself where it is told, else from the list. Pure.
import { createHash, X509Certificate } from 'node:crypto';
import type { RouteWish } from '../../model/route.ts';

/** What is known of one; its key, which the list gives away, is dropped where the list is read. */
export interface Certificate {
  id: number;
  provider: string;
  name: string;
  domains: readonly string[];
  expiresMs: number;
  fingerprint: string | null;
}

/** SHA-256 of the first certificate, as hex. Null where there is none. */
export function fingerprintOf(pem: string): string | null {
  return readPem(pem)?.fingerprint ?? null;
}

/** A wildcard stands for one label. */
export function covers(domains: readonly string[], name: string): boolean {
  const wildcard = `*.${name.split('.').slice(1).join('.')}`;
  return domains.some(
    (one) => one.toLowerCase() === name || (!name.startsWith('*.') && one.toLowerCase() === wildcard),
  );
}

export function longestFirst(a: Certificate, b: Certificate): number {
  return b.expiresMs - a.expiresMs || a.id - b.id;
}

/** The one that lasts longest of those that cover all names of a wish and are still good. */
export function covering(
  all: readonly Certificate[],
  { domains }: Pick<RouteWish, 'domains'>,
  nowMs: number,
): Certificate | undefined {
  return all
    .filter((one) => one.expiresMs > nowMs && domains.every((name) => covers(one.domains, name)))
    .sort(longestFirst)[0];
}

/** The list names one domain of an uploaded certificate, and tells times without a zone; the certificate knows better. */
export function readCertificate(value: unknown): Certificate[] {
  const json = (value ?? {}) as Record<string, unknown>;
  if (typeof json.id !== 'number') return [];
  const told = (json.meta as { certificate?: unknown } | null | undefined)?.certificate;
  const itself = typeof told === 'string' ? readPem(told) : null;
  const domains = Array.isArray(json.domain_names) ? json.domain_names.map(String) : [];
  const expires = `${String(json.expires_on).replace(' ', 'T').replace(/Z$/, '')}Z`;
  return [
    {
      id: json.id,
      provider: String(json.provider),
      name: String(json.nice_name ?? ''),
      domains: itself !== null && itself.domains.length > 0 ? itself.domains : domains,
      expiresMs: itself?.expiresMs ?? (Date.parse(expires) || 0),
      fingerprint: itself?.fingerprint ?? null,
    },
  ];
}

function readPem(pem: string): Pick<Certificate, 'domains' | 'expiresMs' | 'fingerprint'> | null {
  try {
    const { raw, subjectAltName = '', validTo } = new X509Certificate(pem);
    return {
      domains: [...subjectAltName.matchAll(/DNS:([^\s,"]+)/g)].map(([, name]) => (name ?? '').toLowerCase()),
      expiresMs: Date.parse(validTo) || 0,
      fingerprint: createHash('sha256').update(raw).digest('hex'),
    };
  } catch {
    return null;
  }
}
