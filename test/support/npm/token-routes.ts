// Login, refresh and the second factor.
import { readToken } from './access.ts';
import { invalid, notAllowed, refusal } from './answers.ts';
import { type Call, ok, type Route } from './routes.ts';
import { totpMatches } from './two-factor.ts';
import type { Row, World } from './world.ts';

export const tokenRoutes: readonly Route[] = [
  { method: 'POST', template: '/tokens', answer: logIn },
  { method: 'GET', template: '/tokens', answer: refresh },
  { method: 'POST', template: '/tokens/2fa', answer: secondFactor },
];

export interface TwoFactor {
  secret: string;
  enabled: boolean;
  backupCodes: string[];
}

function logIn({ world, body }: Call) {
  const { quirks, tables, tokens } = world;
  const identity = String(body.identity).trim().toLowerCase();
  const status = quirks.badCredentials;
  // Stored addresses are compared as they are: one with capitals in it can never log in.
  const user = tables.users.all().find((row) => row.email === identity && row.is_disabled !== true);
  const secret = (user?.auth as { secret?: string } | undefined)?.secret;
  if (user === undefined || secret === undefined) throw refusal(status, 'Invalid email or password');
  if (secret !== body.secret)
    throw refusal(status, 'Invalid email or password', quirks.i18n ? 'error.invalid-auth' : undefined);
  if (factorOf(user)?.enabled === true && quirks.twoFactor) {
    const challenge = tokens.make({ id: user.id, scope: '2fa-challenge', expiresIn: '5m' });
    return ok({ requires_2fa: true, challenge_token: challenge.token });
  }
  return ok(userToken(world, user, '1d'));
}

function refresh({ world, authorization, query, path }: Call) {
  const claims = readToken(world, authorization);
  if (claims === undefined) throw notAllowed(world.quirks, path);
  // A challenge can be "refreshed" too; what comes out is as useless.
  const [scope = 'user'] = claims.scope;
  return ok(world.tokens.make({ id: claims.attrs.id, scope, expiresIn: query.get('expiry') ?? '1d' }));
}

function secondFactor({ world, body }: Call) {
  const user = challenged(world, String(body.challenge_token));
  const factor = user === undefined ? undefined : factorOf(user);
  if (user === undefined || factor === undefined) throw invalid('Invalid or expired challenge token');
  const code = String(body.code);
  const backup = factor.backupCodes.indexOf(code.toUpperCase());
  if (backup >= 0) factor.backupCodes.splice(backup, 1);
  else if (!totpMatches(factor.secret, code))
    throw refusal(400, 'Invalid verification code', 'error.invalid-2fa');
  return ok(userToken(world, user, '1d'));
}

function challenged(world: World, token: string): Row | undefined {
  try {
    const claims = world.tokens.read(token);
    return claims.scope[0] === '2fa-challenge' ? world.tables.users.get(claims.attrs.id) : undefined;
  } catch {
    return undefined;
  }
}

export function factorOf(user: Row): TwoFactor | undefined {
  return user.twoFactor as TwoFactor | undefined;
}

export function userToken(world: World, user: Row, expiresIn: string) {
  return world.tokens.make({ id: user.id, scope: 'user', expiresIn });
}
