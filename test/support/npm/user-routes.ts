// Users: the first administrator, others, their passwords and permissions.
import { createHash } from 'node:crypto';
import { type Caller, isAdmin, requireAdmin, requireCaller } from './access.ts';
import { internalError, invalid, missing, notAllowed, refusal } from './answers.ts';
import { readExpansions, userShape } from './expand.ts';
import { type Call, created, ok, type Route } from './routes.ts';
import { userToken } from './token-routes.ts';
import { audit, type Row, type World } from './world.ts';

const one = '/users/{userID}';

export const userRoutes: readonly Route[] = [
  { method: 'GET', template: '/users', answer: list },
  { method: 'POST', template: '/users', answer: create },
  { method: 'GET', template: one, answer: read },
  { method: 'PUT', template: one, answer: update },
  { method: 'DELETE', template: one, answer: remove },
  { method: 'PUT', template: `${one}/auth`, answer: changePassword },
  { method: 'PUT', template: `${one}/permissions`, answer: changePermissions },
  { method: 'POST', template: `${one}/login`, answer: logInAs },
];

/** Whether anybody is there yet. */
export function isSetUp(world: World): boolean {
  return world.tables.users.all().length > 0;
}

/** A user with the permissions that the real one gives: an administrator sees all, others their own. */
export function insertUser(world: World, sent: Readonly<Record<string, unknown>>): Row {
  const roles = (sent.roles as string[] | undefined) ?? [];
  const auth = sent.auth as { secret?: string } | undefined;
  const manage = {
    proxy_hosts: 'manage',
    redirection_hosts: 'manage',
    dead_hosts: 'manage',
    streams: 'manage',
    access_lists: 'manage',
    certificates: 'manage',
  };
  return world.tables.users.insert({
    is_disabled: sent.is_disabled === true,
    email: sent.email,
    name: sent.name,
    nickname: sent.nickname,
    avatar: avatarOf(world, String(sent.email)),
    roles,
    permissions: { visibility: roles.includes('admin') ? 'all' : 'user', ...manage },
    ...(auth?.secret === undefined ? {} : { auth: { secret: auth.secret } }),
  });
}

function avatarOf(world: World, email: string): string {
  if (!world.quirks.setupCall && email === 'admin@example.com') return '';
  const hash = createHash('md5').update(email.trim().toLowerCase()).digest('hex');
  return `//www.gravatar.com/avatar/${hash}?default=mm`;
}

/** Whoever has a token. */
export function admitUser(call: Call): Caller {
  return requireCaller(call.world, call.authorization, call.path);
}

/** The user of the path: oneself, or anybody for an administrator. */
export function findUser(call: Call, caller: Caller): Row {
  const id = call.id === 'me' ? caller.user.id : Number(call.id);
  if (id !== caller.user.id) requireAdmin(call.world, caller, call.path);
  const user = call.world.tables.users.get(id);
  if (user === undefined) throw missing(call.world.quirks, id);
  return user;
}

function list(call: Call) {
  const caller = admitUser(call);
  requireAdmin(call.world, caller, call.path);
  const expand = readExpansions(call.world, call.query.get('expand'), ['permissions']);
  return ok(call.world.tables.users.all().map((user) => shape(user, expand)));
}

function shape(user: Row, expand: readonly string[]) {
  return { ...userShape(user), ...(expand.includes('permissions') ? { permissions: user.permissions } : {}) };
}

function create(call: Call) {
  const { world, body } = call;
  const first = world.quirks.setupCall && !isSetUp(world);
  const caller = first ? undefined : admitUser(call);
  if (caller !== undefined) requireAdmin(world, caller, call.path);
  const isSpoilt =
    world.quirks.spoiltByNoAuth && world.tables.users.all().some(({ auth }) => auth === undefined);
  const user = insertUser(world, body);
  if (isSpoilt) throw internalError(world.quirks);
  const { auth: _, ...meta } = body;
  audit(world, { user: caller?.user.id ?? user.id, type: 'user', object: user.id, action: 'created', meta });
  return created(shape(user, ['permissions']));
}

function read(call: Call) {
  const user = findUser(call, admitUser(call));
  return ok(shape(user, readExpansions(call.world, call.query.get('expand'), ['permissions'])));
}

function update(call: Call) {
  const caller = admitUser(call);
  const user = findUser(call, caller);
  if (!isAdmin(caller.user) && ('roles' in call.body || 'is_disabled' in call.body))
    throw notAllowed(call.world.quirks, call.path);
  call.world.tables.users.patch(user, call.body);
  audit(call.world, {
    user: caller.user.id,
    type: 'user',
    object: user.id,
    action: 'updated',
    meta: call.body,
  });
  return ok(userShape(user));
}

function remove(call: Call) {
  const caller = admitUser(call);
  requireAdmin(call.world, caller, call.path);
  const user = findUser(call, caller);
  if (user.id === caller.user.id) throw refusal(403, 'You cannot delete yourself.');
  call.world.tables.users.remove(user);
  audit(call.world, {
    user: caller.user.id,
    type: 'user',
    object: user.id,
    action: 'deleted',
    meta: userShape(user),
  });
  return ok(true);
}

function changePassword(call: Call) {
  const caller = admitUser(call);
  const user = findUser(call, caller);
  const known = (user.auth as { secret?: string } | undefined)?.secret;
  if (user.id === caller.user.id && call.body.current !== known) throw invalid('Invalid password');
  user.auth = { secret: String(call.body.secret) };
  return ok(true);
}

function changePermissions(call: Call) {
  const caller = admitUser(call);
  requireAdmin(call.world, caller, call.path);
  const user = findUser(call, caller);
  call.world.tables.users.patch(user, { permissions: { ...(user.permissions as object), ...call.body } });
  return ok(true);
}

function logInAs(call: Call) {
  const caller = admitUser(call);
  requireAdmin(call.world, caller, call.path);
  const user = findUser(call, caller);
  return ok({ ...userToken(call.world, user, '1d'), user: userShape(user) });
}
