// The double's tokens: RS256 JWTs with the payload of the real ones, made and read.
import { generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';
import { internalError, invalid, refusal } from './answers.ts';
import type { Quirks } from './quirks.ts';

export interface Claims {
  readonly iss: 'api';
  readonly attrs: { readonly id: number };
  readonly scope: readonly string[];
  readonly expiresIn: string;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
}

export interface Tokens {
  /** `expiresIn` as `1d`, `30d`, `1y`. Throws the real one's 400 for what is no time. */
  make(options: { id: number; scope: string; expiresIn: string }): { token: string; expires: string };
  /** Throws what the real one answers to a garbled (500) or an expired token. */
  read(token: string): Claims;
  /** The double's own switch: every token given so far counts as expired from now on. */
  expireAll(): void;
}

/** Tokens signed by a key of this process. */
export function createTokens(quirks: Quirks): Tokens {
  const expiredIds = new Set<string>();
  const live = new Set<string>();
  return {
    make({ id, scope, expiresIn }) {
      const issued = Date.now();
      const expires = issued + lifetimeMs(expiresIn);
      const claims: Claims = {
        iss: 'api',
        attrs: { id },
        scope: [scope],
        expiresIn,
        jti: randomUUID(),
        iat: Math.floor(issued / 1000),
        exp: Math.floor(expires / 1000),
      };
      live.add(claims.jti);
      return { token: encode(claims), expires: new Date(expires).toISOString() };
    },
    read(token) {
      const claims = decode(token);
      if (claims === undefined) throw internalError(quirks);
      const expired = expiredIds.has(claims.jti) || claims.exp * 1000 <= Date.now();
      if (expired) throw expiredToken(quirks, claims.exp);
      return claims;
    },
    expireAll() {
      for (const id of live) expiredIds.add(id);
    },
  };
}

/** What an expired token is answered with. `expSeconds` is the token's `exp`. */
export function expiredToken(quirks: Quirks, expSeconds: number) {
  const expiredAt = new Date(Math.min(expSeconds * 1000, Date.now())).toISOString();
  const detail = { name: 'TokenExpiredError', message: 'jwt expired', expiredAt };
  return refusal(quirks.badCredentials, 'Token has expired', quirks.i18n ? detail : undefined);
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

function lifetimeMs(text: string): number {
  const [, count, unit = ''] = /^(\d+)([smhdwMy])$/.exec(text) ?? [];
  if (count === undefined) throw invalid(`Invalid expiry time: ${text}`);
  return Number(count) * (unitMs[unit] ?? 0);
}

let keys: ReturnType<typeof makeKeys> | undefined;

function makeKeys() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function encode(claims: Claims): string {
  keys ??= makeKeys();
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${head}.${sign('RSA-SHA256', Buffer.from(head), keys.privateKey).toString('base64url')}`;
}

function decode(token: string): Claims | undefined {
  keys ??= makeKeys();
  const [header, payload, signature, more] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || more !== undefined)
    return undefined;
  const signed = Buffer.from(`${header}.${payload}`);
  if (!verify('RSA-SHA256', signed, keys.publicKey, Buffer.from(signature, 'base64url'))) return undefined;
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
}
