// The certificate of a stream: a port has no names to find one by, and speaks no HTTP that could be forced to anything.
import type { Report } from '../../core/validate-report.ts';
import type { DesiredProxy, DesiredRoute } from '../../model/desired.ts';
import type { TlsWish } from '../../model/route.ts';
import type { ProxyManifest } from './schema.ts';

interface Context {
  /** As it was read of names, with what the settings say of those that say nothing. */
  route: DesiredRoute;
  target: DesiredProxy['target'];
  report: Report;
}

/** Of a stream only what is written counts; all else has what its route says. */
export function targetTls({ tls }: ProxyManifest, { route, target, report }: Context): TlsWish | null {
  if (target.type !== 'stream') return route.tls;
  if (tls === undefined || tls === 'off') return null;
  if (!target.tcp) report.add(['tls'], UDP_ONLY);
  if (typeof tls === 'string' || tls.certificate === undefined) {
    report.add(['tls'], NO_NAMES);
    return null;
  }
  for (const key of ['force', 'http2', 'hsts', 'hsts_subdomains'] as const)
    if (tls[key] !== undefined) report.add(['tls', key], NO_HTTP);
  const certificate = route.tls?.certificate;
  if (certificate?.type !== 'named' && certificate?.type !== 'upload') {
    report.add(['tls', 'certificate'], NO_NAMES);
    return null;
  }
  return { certificate, force: false, http2: false, hsts: false, hstsSubdomains: false };
}

const NO_NAMES = {
  reason: 'NotAllowed',
  message: 'A stream has no names that a certificate could be found or made for.',
  hint: 'name one that the proxy has: `tls: { certificate: NAME }`, or `upload` one, or take `tls` out',
};
const NO_HTTP = {
  reason: 'NotAllowed',
  message: 'A stream passes on whatever comes in, so this means nothing.',
  hint: 'take it out',
};
const UDP_ONLY = {
  reason: 'NotAllowed',
  message: 'TLS is spoken over TCP, and this stream takes UDP alone.',
  hint: 'take `tls` out, or `tcp: false`',
};
