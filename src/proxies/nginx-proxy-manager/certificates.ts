// Certificates of Nginx Proxy Manager: found by name or by the names that they cover, uploaded, or asked for; never a key of theirs kept.
import { isFault } from '../../model/errors.ts';
import type { CertificateWish, RouteWish } from '../../model/route.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { quote } from '../quote.ts';
import type { Api } from './api.ts';
import { answerOf } from './api.ts';
import { type Certificate, covering, fingerprintOf, longestFirst, readCertificate } from './certificate.ts';
import { proxyAway, routeRefused, secretMissing } from './failures.ts';
import { ownNameOf } from './own-name.ts';
import { withoutKeys } from './without-keys.ts';

const PATH = '/nginx/certificates';
/** A certificate is asked for at somebody else's server, and DNS takes its time. */
const ISSUE_TIMEOUT_MS = 15 * 60_000;

export interface Chosen {
  id: number;
  fingerprint: string | null;
  /** None could be looked for: this account may not see them, so what a host has already is better than none. */
  isBlind?: true;
}

export interface Certificates {
  list(signal: AbortSignal): Promise<Certificate[]>;
  /**
   * The one that a wish means, uploaded where it has to be. Null for one of Let's Encrypt that is not there yet: its
   * host comes first. Faults: RouteRefused, SecretMissing (stalled), ProxyAway (retry).
   */
  choose(wish: RouteWish, signal: AbortSignal): Promise<Chosen | null>;
  /** Asks the proxy to have one made. Faults: RouteRefused, SecretMissing, ProxyAway. */
  issue(wish: RouteWish, signal: AbortSignal): Promise<Chosen>;
}

export interface CertificatesDeps {
  api: Api;
  url: string;
  controller: string;
  secrets: Pick<Secrets, 'get'>;
  clock: Pick<Clock, 'nowMs'>;
  /** Up to 2.12 the address and the consent are part of the request; later they are refused. */
  asksConsent(signal: AbortSignal): Promise<boolean>;
}

export function createCertificates({
  api,
  url,
  controller,
  secrets,
  clock,
  asksConsent,
}: CertificatesDeps): Certificates {
  async function list(signal: AbortSignal): Promise<Certificate[]> {
    const value = withoutKeys(answerOf(await api.call({ method: 'GET', path: PATH, signal }), { url }));
    return Array.isArray(value) ? value.flatMap(readCertificate) : [];
  }

  function secretOf(name: string): string {
    const value = secrets.get(name);
    if (value === null) throw secretMissing(name);
    return `${value.trim()}\n`;
  }

  async function upload(
    wish: RouteWish,
    { certificate, signal }: { certificate: CertificateWish & { type: 'upload' }; signal: AbortSignal },
  ): Promise<Chosen> {
    const what = wish.domains[0] ?? wish.key;
    const pem = secretOf(certificate.certificate);
    const fingerprint = fingerprintOf(pem);
    if (fingerprint === null)
      throw routeRefused(what, { why: `the secret ${certificate.certificate} holds no certificate in PEM` });
    const name = ownNameOf(controller, wish.key);
    const known = (await list(signal)).find((one) => one.provider === 'other' && one.name === name);
    if (known?.fingerprint === fingerprint) return { id: known.id, fingerprint };
    const form = { certificate: pem, certificate_key: secretOf(certificate.key) };
    const send = async (
      path: string,
      more: { body?: unknown; form?: Record<string, string> },
    ): Promise<unknown> => {
      const result = await api.call({ method: 'POST', path, signal, ...more });
      if (result.type === 'value') return result.value;
      if (result.type === 'uncertain') throw proxyAway(url, { why: result.why });
      throw routeRefused(what, {
        why: `its certificate is not taken: ${result.why}`,
        hint: `Check the secrets ${certificate.certificate} and ${certificate.key}.`,
      });
    };
    await send(`${PATH}/validate`, { form });
    const made = known ?? (await send(PATH, { body: { provider: 'other', nice_name: name } }));
    const { id } = made as { id: number };
    await send(`${PATH}/${id}/upload`, { form });
    return { id, fingerprint };
  }

  function named(all: readonly Certificate[], { name, what }: { name: string; what: string }): Chosen {
    const found = all.filter((one) => one.name === name).sort(longestFirst)[0];
    if (found !== undefined) return { id: found.id, fingerprint: found.fingerprint };
    throw routeRefused(what, {
      why: `no certificate is called ${quote(name)} there`,
      hint: 'Upload it there under this name, or write `certificate: auto`.',
    });
  }

  return {
    list,
    async choose(wish, signal) {
      const certificate = wish.tls?.certificate;
      if (certificate === undefined) return { id: 0, fingerprint: null };
      const what = wish.domains[0] ?? wish.key;
      if (certificate.type === 'upload') return await upload(wish, { certificate, signal });
      const isOptional = certificate.type === 'auto' && certificate.orPlain === true;
      const all = await list(signal).catch((error: unknown) => {
        if (isOptional && isFault(error) && error.reason === 'ProxyForbidden') return null;
        throw error;
      });
      if (all === null) return { id: 0, fingerprint: null, isBlind: true };
      if (certificate.type === 'named') return named(all, { name: certificate.name, what });
      if (certificate.type === 'letsencrypt')
        return (
          covering(
            all.filter((one) => one.provider === 'letsencrypt'),
            wish,
            clock.nowMs(),
          ) ?? null
        );
      const found = covering(all, wish, clock.nowMs());
      if (found !== undefined) return found;
      if (isOptional) return { id: 0, fingerprint: null };
      throw routeRefused(what, {
        why: `no certificate there covers ${wish.domains.join(', ').slice(0, 200)} and is still good`,
        hint: 'Add one there, or write `certificate: letsencrypt`, or `tls: off`.',
      });
    },
    async issue(wish, signal) {
      const certificate = wish.tls?.certificate;
      if (certificate?.type !== 'letsencrypt') return { id: 0, fingerprint: null };
      const { dns, email } = certificate;
      const meta = {
        dns_challenge: dns !== null,
        ...(dns === null
          ? {}
          : { dns_provider: dns.provider, dns_provider_credentials: secretOf(dns.credentials) }),
        ...((await asksConsent(signal)) ? { letsencrypt_email: email ?? '', letsencrypt_agree: true } : {}),
      };
      const body = { provider: 'letsencrypt', domain_names: wish.domains, meta };
      const result = await api.call({
        method: 'POST',
        path: PATH,
        body,
        signal,
        timeoutMs: ISSUE_TIMEOUT_MS,
      });
      const made = result.type === 'value' ? withoutKeys(result.value) : null;
      const id = (made as { id?: unknown } | null)?.id;
      if (typeof id === 'number') return { id, fingerprint: null };
      // It may be there all the same: the answer was lost, or came too late.
      const found = await this.choose(wish, signal);
      if (found !== null) return found;
      throw routeRefused(wish.domains[0] ?? wish.key, {
        why: `Let's Encrypt gave no certificate: ${result.type === 'value' ? 'no number in the answer' : result.why}`,
        hint: 'It is routed without TLS until then. Its names must lead to the proxy; its log says more.',
      });
    },
  };
}
