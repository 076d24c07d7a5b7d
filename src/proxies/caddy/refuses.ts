// What Caddy cannot do of a wish, and strings that would mean something to it.
import type { CertificateWish, ResolvedTraffic, RouteLocation, RouteWish } from '../../model/route.ts';
import { quote } from '../quote.ts';

const NAME = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/;
const HOST = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]+)$/;
/** Caddy expands `{env.X}` and `{file.…}` in texts, and `*` in paths means anything. */
const PATH = /^\/[A-Za-z0-9._~!&()+,=:@/-]*$/;
const REDIRECT_DOMAIN = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?$/;

/** A sentence, or null where all of it can be done. */
export function refuses(wish: RouteWish): string | null {
  const { target, domains, tls } = wish;
  if (target.type === 'stream') return 'Caddy forwards HTTP alone: a stream needs another proxy.';
  if (domains.length === 0) return 'Caddy tells routes apart by their names, and this one has none.';
  const bad = domains.find((domain) => !NAME.test(domain));
  if (bad !== undefined) return `${quoted(bad)} is no name that Caddy could match.`;
  const certificate = tls === null ? null : refusesCertificate(tls.certificate, domains);
  if (certificate !== null) return certificate;
  if (target.type === 'redirect') {
    if (target.blockExploits) return NO_EXPLOIT_FILTER;
    return REDIRECT_DOMAIN.test(target.domain) ? null : `${quoted(target.domain)} is no name to redirect to.`;
  }
  if (target.type === 'not_found') return null;
  const { options } = target;
  if (options.caching) return 'Caddy 2.6 has no cache: leave `caching` out.';
  if (options.blockExploits) return NO_EXPLOIT_FILTER;
  if (options.accessList !== null)
    return `Caddy has no access lists, so ${quoted(options.accessList)} cannot guard this route.`;
  if (options.advancedConfig.trim() !== '') return NO_ADVANCED;
  return options.locations.map(refusesLocation).find((sentence) => sentence !== null) ?? null;
}

/** Hosts come from containers and manifests: what is no plain host never becomes an address to dial. */
export function refusesTraffic(traffic: ResolvedTraffic): string | null {
  const all = [...traffic.main, ...(traffic.canary?.upstreams ?? [])];
  if (traffic.main.length === 0) return 'there is nobody to send the requests to';
  const bad = all.find(({ host }) => !HOST.test(host));
  if (bad !== undefined) return `${quoted(bad.host)} is no host that requests could be sent to`;
  const mixed = [traffic.main, traffic.canary?.upstreams ?? []].some(
    (group) => new Set(group.map(({ scheme }) => scheme)).size > 1,
  );
  return mixed ? 'Caddy speaks either HTTP or HTTPS to those that share a route' : null;
}

/** Caddy gets certificates by itself, but for names that it cannot answer for. Where none is asked for, it goes without. */
export function plainBecause({ tls, domains }: RouteWish): string | null {
  if (tls?.certificate.type !== 'auto' || tls.certificate.orPlain !== true) return null;
  return refusesCertificate(tls.certificate, domains);
}

export function withoutVainTls(wish: RouteWish): RouteWish {
  return plainBecause(wish) === null ? wish : { ...wish, tls: null };
}

const quoted = (text: string): string => `"${quote(text)}"`;

const NO_EXPLOIT_FILTER = 'Caddy has no filter against exploits: leave `block_exploits` out.';
const NO_ADVANCED =
  'Lines of nginx mean nothing to Caddy: leave `advanced_config` out, or put its settings into a server of your own.';

function refusesLocation({ path, upstream, forwardPath, advancedConfig }: RouteLocation): string | null {
  if (!PATH.test(path))
    return `${quoted(path)} is no plain path: letters, digits and ._~!&()+,=:@/- may stand in it.`;
  if (forwardPath !== null && !PATH.test(forwardPath)) return `${quoted(forwardPath)} is no plain path.`;
  if (!HOST.test(upstream.host)) return `${quoted(upstream.host)} is no host that requests could be sent to.`;
  return advancedConfig.trim() === '' ? null : NO_ADVANCED;
}

function refusesCertificate(certificate: CertificateWish, domains: readonly string[]): string | null {
  if (certificate.type === 'named')
    return `Caddy gets its certificates by itself and knows none by the name ${quoted(certificate.name)}.`;
  if (certificate.type === 'upload') return 'Caddy gets its certificates by itself: none is uploaded to it.';
  if (certificate.type === 'letsencrypt' && certificate.dns !== null)
    return "Debian's Caddy has no DNS providers, so it cannot answer Let's Encrypt by DNS.";
  if (certificate.type === 'letsencrypt' && certificate.email !== null)
    return "Caddy's own settings name the address of its account: leave `email` out.";
  const wildcard = domains.find((domain) => domain.startsWith('*.'));
  return wildcard === undefined || wildcard.endsWith('.localhost')
    ? null
    : `A certificate for ${wildcard} needs an answer by DNS, and Debian's Caddy has no DNS providers.`;
}
