// Bearer tokens: off loopback every call needs one, and a wrong one is refused everywhere.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Config } from '../../model/config.ts';
import { fault } from '../../model/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { Refusal } from '../refusal.ts';
import { isLoopback } from './host.ts';

export interface Bearer {
  /** Null where the caller may pass; `open` routes ask for no token, but a wrong one is refused there too. */
  check(authorization: string | undefined, access: 'open' | 'token'): Refusal | null;
}

const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="tinyforge"' };

/** Throws the fault TokenMissing where we would listen off loopback and no token is known. */
export function createBearer(deps: {
  config: Pick<Config, 'listen' | 'tokens'>;
  secrets: Pick<Secrets, 'get'>;
  log: Log;
}): Bearer {
  const { config, secrets, log } = deps;
  // By the address we listen on, not by the caller's: a proxy on this machine would make everybody look local.
  const required = !isLoopback(config.listen.host);
  if (required && hashes().length === 0) {
    throw fault({
      code: 'TOKEN_MISSING',
      reason: 'TokenMissing',
      message: `Tinyforge does not listen on ${config.listen.host} without any token: everybody there could use it.`,
      hint: 'Name a secret with a long random value under `tokens` in tinyforge.yaml, or listen on 127.0.0.1.',
      disposition: 'stalled',
    });
  }

  // Read at each call, so that a rotated secret counts at once. An empty value is no token: anybody could send it.
  function hashes(): Buffer[] {
    return config.tokens.flatMap((name) => {
      const value = read(name)?.trim() ?? '';
      return value === '' ? [] : [sha256(value)];
    });
  }

  function read(name: string): string | null {
    try {
      return secrets.get(name);
    } catch (error) {
      log.error('A token cannot be read', { secret: name, error });
      return null;
    }
  }

  return {
    check(authorization, access) {
      if (authorization === undefined) return required && access === 'token' ? absent() : null;
      const token = /^Bearer +([^\s]{1,4096}) *$/i.exec(authorization)?.[1];
      if (token === undefined) return wrong();
      const given = sha256(token);
      let known = false;
      // No early end: how long it takes must not tell which token was nearly right.
      for (const hash of hashes()) known = timingSafeEqual(hash, given) || known;
      return known ? null : wrong();
    },
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function absent(): Refusal {
  return {
    status: 401,
    code: 'TOKEN_NEEDED',
    reason: 'TokenNeeded',
    message: 'This address needs a token.',
    hint: 'Send `Authorization: Bearer …` with the value of a secret named under `tokens` in tinyforge.yaml.',
    headers: CHALLENGE,
  };
}

function wrong(): Refusal {
  return {
    status: 401,
    code: 'TOKEN_WRONG',
    reason: 'TokenWrong',
    message: 'The token is not one that this Tinyforge knows.',
    hint: 'Compare it with the secrets named under `tokens` in tinyforge.yaml; on loopback no token is needed.',
    headers: { 'WWW-Authenticate': `${CHALLENGE['WWW-Authenticate']}, error="invalid_token"` },
  };
}
