// Gets and keeps bearer tokens: one for each registry, realm, service, scope and user, as long as it is good.
import type { Clock } from '../../ports/clock.ts';
import type { Challenge } from './challenge.ts';
import type { RegistryCredential } from './credential.ts';
import { isSafeForPasswords, mayAskForPassword } from './endpoint.ts';
import type { Http } from './http.ts';
import { leadsToPrivate } from './private-address.ts';

export interface TokenRequest {
  registry: string;
  repository: string;
  challenge: Challenge;
  credential: RegistryCredential | null;
  signal: AbortSignal;
}

export type TokenAnswer =
  | { ok: true; token: string }
  /** The token server refused us, or may not be given the password. */
  | { ok: false; status: number; hint?: string | undefined };

export interface Tokens {
  /** Rejects as `Http.exchange` does, and with an Error for an answer that holds no token. */
  get(request: TokenRequest): Promise<TokenAnswer>;
  /** After a 401 with this token. */
  forget(token: string): void;
}

const MAX_TOKEN_BYTES = 256 * 1024;
/** The specification's value where the answer names none. */
const DEFAULT_LIFE_S = 60;

export function createTokens(deps: {
  http: Http;
  clock: Clock;
  /** Addresses of a host name; the system's own by default. */
  resolve?: ((host: string) => Promise<readonly string[]>) | undefined;
}): Tokens {
  const { http, clock, resolve } = deps;
  const kept = new Map<string, { token: string; untilMs: number }>();

  async function get(request: TokenRequest): Promise<TokenAnswer> {
    const { registry, challenge, credential, signal } = request;
    const url = realmOf(request);
    if (url === null) throw new Error('it names no token server that can be asked');
    if (credential !== null && !mayAskForPassword(url, { registry, allowed: credential.realms ?? [] })) {
      const hint = `${registry} wants its password sent to ${url.host}; if that is right, list it under \`realms\`.`;
      return { ok: false, status: 401, hint };
    }
    const key = [registry, challenge.parameters.realm, url.search, credential?.username ?? ''].join('\n');
    const known = kept.get(key);
    if (known !== undefined && known.untilMs > clock.nowMs()) return { ok: true, token: known.token };
    await judgeRealm(url, registry);
    const { status, body } = await http.exchange({
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      authorization: credential === null ? null : basic(credential),
      maxBytes: MAX_TOKEN_BYTES,
      signal,
    });
    if (status === 400 || status === 401 || status === 403) return { ok: false, status };
    if (status !== 200) throw new Error(`its token server answered ${status}`);
    const { token, lifeS } = readToken(body);
    // A little earlier than it ends, for the way there takes time.
    kept.set(key, { token, untilMs: clock.nowMs() + Math.max(lifeS - 10, lifeS / 2) * 1000 });
    return { ok: true, token };
  }

  /** A registry on the internet has no business sending us into our own network, password or not. */
  async function judgeRealm(url: URL, registry: string): Promise<void> {
    if (url.host === registry) return;
    if (!isSafeForPasswords(url)) throw new Error(`its token server ${url.host} is not encrypted`);
    const own = registry.replace(/:\d+$/, '');
    if (!(await leadsToPrivate(url.hostname, resolve)) || (await leadsToPrivate(own, resolve))) return;
    throw new Error(`its token server ${url.host} has a private address`);
  }

  return {
    get,
    forget(token) {
      for (const [key, one] of kept) if (one.token === token) kept.delete(key);
    },
  };
}

/** The header value of Basic authentication. */
export function basic({ username, password }: RegistryCredential): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** Only pulling this repository is asked for, whatever the challenge names. */
function realmOf({ challenge, repository }: TokenRequest): URL | null {
  const { realm = '', service } = challenge.parameters;
  if (!URL.canParse(realm)) return null;
  const url = new URL(realm);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  url.username = '';
  url.password = '';
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', `repository:${repository}:pull`);
  return url;
}

function readToken(body: Uint8Array): { token: string; lifeS: number } {
  const value = parseJson(body);
  const {
    token,
    access_token: accessToken,
    expires_in: expiresIn,
  } = (value ?? {}) as Record<string, unknown>;
  const found = typeof token === 'string' && token !== '' ? token : accessToken;
  // It becomes a header: a line break in it would be another one.
  if (typeof found !== 'string' || !/^[\x21-\x7e]+$/.test(found))
    throw new Error('its token server gave no token');
  const lifeS = typeof expiresIn === 'number' && expiresIn > 0 ? Math.min(expiresIn, 86_400) : DEFAULT_LIFE_S;
  return { token: found, lifeS };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    // The parser's own words would quote the answer, and a token may be in it.
    throw new Error('its token server gave no JSON');
  }
}
