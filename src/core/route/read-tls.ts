// What a manifest says about the certificate of a route and how strictly it is used.
import type { CertificateWish, TlsWish } from '../../model/route.ts';
import { type Parsed, right, wrong } from '../compose-values.ts';
import { given } from '../compose-values-named.ts';
import type { Path } from '../documents.ts';
import type { WrittenRoute } from '../schema-route.ts';
import type { Report } from '../validate-report.ts';

/** One level of it; what is not said is absent. */
export type TlsPart = 'off' | Partial<TlsWish>;

type WrittenTls = Exclude<NonNullable<WrittenRoute['tls']>, string>;

export function readTls(
  written: NonNullable<WrittenRoute['tls']>,
  { path, report }: { path: Path; report: Report },
): TlsPart {
  if (typeof written === 'string') return written === 'off' ? 'off' : { certificate: { type: 'auto' } };
  const { certificate, force, http2, hsts, hsts_subdomains: hstsSubdomains } = written;
  return given<Partial<TlsWish>>({
    certificate:
      certificate === undefined
        ? undefined
        : report.take([...path, 'certificate'], certificateWish(certificate)),
    force,
    http2,
    hsts,
    hstsSubdomains,
  });
}

/** `off` and a map replace each other; two maps are one. */
export function mergeTls(base: TlsPart, over: TlsPart): TlsPart {
  return base === 'off' || over === 'off' ? over : { ...base, ...over };
}

export function completeTls(
  part: TlsPart | undefined,
  { otherwise, path, report }: { otherwise: 'auto' | 'off'; path: Path; report: Report },
): TlsWish | null {
  if ((part ?? otherwise) === 'off' || part === 'off') return null;
  // Whoever writes about TLS wants it; the settings alone want it where it can be had.
  const byDefault: CertificateWish = part === undefined ? { type: 'auto', orPlain: true } : { type: 'auto' };
  const { certificate = byDefault, ...said } = typeof part === 'object' ? part : {};
  const wish = {
    certificate,
    force: said.force ?? true,
    http2: said.http2 ?? true,
    hsts: said.hsts ?? false,
    hstsSubdomains: said.hstsSubdomains ?? false,
  };
  if (wish.hsts && !wish.force) report.add([...path, 'tls', 'hsts'], HSTS_NEEDS_FORCE);
  if (wish.hstsSubdomains && !wish.hsts) report.add([...path, 'tls', 'hsts_subdomains'], NEEDS_HSTS);
  return wish;
}

function certificateWish(written: NonNullable<WrittenTls['certificate']>): Parsed<CertificateWish> {
  if (typeof written === 'string')
    return right(written === 'auto' ? { type: 'auto' } : { type: 'named', name: written });
  const { upload, letsencrypt } = written;
  if (upload !== undefined && letsencrypt === undefined) return right({ type: 'upload', ...upload });
  if (letsencrypt === undefined || upload !== undefined) return ONE_ORIGIN;
  return right({ type: 'letsencrypt', email: letsencrypt.email ?? null, dns: letsencrypt.dns ?? null });
}

const ONE_ORIGIN = wrong(
  'Conflict',
  'A certificate comes from one place: `upload` or `letsencrypt`.',
  'keep one of them, or write the name of a certificate of the proxy',
);
const HSTS_NEEDS_FORCE = {
  reason: 'Conflict',
  message: 'HSTS allows nothing but HTTPS, so plain HTTP cannot stay open beside it.',
  hint: 'take `force: false` or `hsts` out',
};
const NEEDS_HSTS = {
  reason: 'Conflict',
  message: '`hsts_subdomains` means nothing without `hsts: true`.',
  hint: 'add `hsts: true`, or take it out',
};
