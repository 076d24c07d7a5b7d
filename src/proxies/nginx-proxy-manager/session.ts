// The account's token: kept, renewed before it ends, and had anew by logging in; with a second factor where one is asked for.
import type { ProxyConfig } from '../../model/config.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { loginRefused, needsTwoFactor, proxyAway, secretMissing } from './failures.ts';
import type { Reply } from './reply.ts';
import { totp } from './totp.ts';

/** A login costs half a second of its processor; a token lasts a day. */
const RENEW_BEFORE_MS = 3_600_000;

export type Send = (request: {
  method: 'GET' | 'POST';
  path: string;
  body?: Record<string, unknown>;
  token: string | null;
  signal: AbortSignal;
}) => Promise<Reply>;

export interface Session {
  /** Faults: ProxyLoginRefused, ProxyNeedsTwoFactor, SecretMissing (stalled), ProxyAway (retry). */
  token(signal: AbortSignal): Promise<string>;
  /** The proxy does not take this one any more. */
  forget(token: string): void;
}

export interface SessionDeps {
  config: Pick<ProxyConfig, 'url' | 'email' | 'password' | 'totp'>;
  secrets: Pick<Secrets, 'get'>;
  clock: Pick<Clock, 'nowMs'>;
  send: Send;
}

interface Token {
  text: string;
  endsMs: number;
}

export function createSession({ config, secrets, clock, send }: SessionDeps): Session {
  let known: Token | null = null;
  /** Several calls at once share one login; it ends with the one that began it. */
  let coming: { token: Promise<Token>; signal: AbortSignal } | null = null;
  const account = config.email ?? 'nobody';

  async function logIn(signal: AbortSignal): Promise<Token> {
    const { email, password } = config;
    if (email === null || password === null)
      throw loginRefused(config.url, {
        account,
        why: '`proxy.email` and `proxy.password` are not both given',
      });
    const body = { identity: email, secret: secretOf(password) };
    const reply = await send({ method: 'POST', path: '/tokens', body, token: null, signal });
    if (reply.type === 'value' && isChallenge(reply.value)) return await answerChallenge(reply.value, signal);
    return take(reply);
  }

  async function answerChallenge(
    { challenge_token }: { challenge_token: string },
    signal: AbortSignal,
  ): Promise<Token> {
    if (config.totp === null) throw needsTwoFactor(account);
    const code = totp(secretOf(config.totp), clock.nowMs());
    if (code === null)
      throw loginRefused(config.url, {
        account,
        why: `the secret ${config.totp} is not a TOTP key (letters A to Z and digits 2 to 7)`,
      });
    const body = { challenge_token, code };
    return take(await send({ method: 'POST', path: '/tokens/2fa', body, token: null, signal }));
  }

  function take(reply: Reply): Token {
    if (reply.type === 'broken') throw proxyAway(config.url, { why: reply.why });
    // No word about name or password: what stands before it has no such path now, or it was too slow for its own code.
    if (reply.type !== 'value' && (reply.status === 404 || /expired/i.test(reply.why)))
      throw proxyAway(config.url, { why: reply.why });
    if (reply.type !== 'value') throw loginRefused(config.url, { account, why: reply.why });
    const { token, expires } = reply.value as { token?: unknown; expires?: unknown };
    if (typeof token !== 'string' || token === '')
      throw proxyAway(config.url, { why: 'its answer to the login has no token' });
    const endsMs = Date.parse(String(expires));
    return { text: token, endsMs: Number.isFinite(endsMs) ? endsMs : clock.nowMs() + 2 * RENEW_BEFORE_MS };
  }

  function secretOf(name: string): string {
    const value = secrets.get(name);
    if (value === null) throw secretMissing(name);
    return value.trim();
  }

  async function renew(old: Token, signal: AbortSignal): Promise<Token> {
    const reply = await send({ method: 'GET', path: '/tokens', token: old.text, signal });
    return reply.type === 'value' ? take(reply) : await logIn(signal);
  }

  function begin(signal: AbortSignal): { token: Promise<Token>; signal: AbortSignal } {
    const isAlive = known !== null && known.endsMs > clock.nowMs();
    const token = (known !== null && isAlive ? renew(known, signal) : logIn(signal)).finally(() => {
      coming = null;
    });
    return { token, signal };
  }

  return {
    async token(signal) {
      for (;;) {
        if (known !== null && known.endsMs - clock.nowMs() > RENEW_BEFORE_MS) return known.text;
        coming ??= begin(signal);
        const { token, signal: theirs } = coming;
        try {
          known = await token;
          return known.text;
        } catch (error) {
          // Whoever began it was called off; whoever waits for the same was not.
          if (!theirs.aborted || signal.aborted) throw error;
        }
      }
    },
    forget(token) {
      if (known?.text === token) known = null;
    },
  };
}

function isChallenge(value: unknown): value is { challenge_token: string } {
  const { requires_2fa, challenge_token } = value as { requires_2fa?: unknown; challenge_token?: unknown };
  return requires_2fa === true && typeof challenge_token === 'string';
}
