// Who calls: the token of a request, the user it stands for, and whether that user may do this.
import { notAllowed } from './answers.ts';
import type { Row, World } from './world.ts';

export interface Caller {
  readonly user: Row;
  readonly scope: string;
}

/** Sections of permissions, named as in a user's permissions. */
export type Section =
  | 'proxy_hosts'
  | 'redirection_hosts'
  | 'dead_hosts'
  | 'streams'
  | 'access_lists'
  | 'certificates';

/** `Authorization: Bearer …` with a capital B; anything else counts as no token. Throws what a bad token is answered with. */
export function readToken(world: World, header: string | undefined) {
  const [, token] = /^Bearer (.+)$/.exec(header ?? '') ?? [];
  return token === undefined ? undefined : world.tokens.read(token);
}

/** The user behind the request. Throws "not allowed" without a token, with a challenge, and for a disabled user. */
export function requireCaller(world: World, header: string | undefined, path: string): Caller {
  const claims = readToken(world, header);
  const user = claims === undefined ? undefined : world.tables.users.get(claims.attrs.id);
  const scope = claims?.scope[0] ?? '';
  if (user === undefined || user.is_disabled === true || scope !== 'user')
    throw notAllowed(world.quirks, path);
  return { user, scope };
}

export function isAdmin(user: Row): boolean {
  return (user.roles as readonly string[]).includes('admin');
}

/** Throws where the caller may not see, or not change, that section. */
export function requireSection(
  world: World,
  options: { caller: Caller; section: Section; to: 'view' | 'manage'; path: string },
): void {
  const { caller, section, to, path } = options;
  if (isAdmin(caller.user)) return;
  const granted = (caller.user.permissions as Record<string, string>)[section] ?? 'hidden';
  if (granted === 'manage' || (granted === 'view' && to === 'view')) return;
  throw notAllowed(world.quirks, path);
}

/** Throws unless the caller is an administrator. */
export function requireAdmin(world: World, caller: Caller, path: string): void {
  if (!isAdmin(caller.user)) throw notAllowed(world.quirks, path);
}

/** Whether the row is among those that the caller sees at all. */
export function sees(caller: Caller, row: Row): boolean {
  if (isAdmin(caller.user)) return true;
  const { visibility } = caller.user.permissions as Record<string, string>;
  return visibility === 'all' || row.owner_user_id === caller.user.id;
}
