// Access lists: people with passwords and addresses, and the hosts that use them.
import { requireCaller, requireSection, sees } from './access.ts';
import { accessListShape, maskItems, proxyHosts, usersOf } from './access-list-shape.ts';
import { internalError, missing } from './answers.ts';
import { configure, reload } from './configure.ts';
import { itemsOf, readExpansions } from './expand.ts';
import { referencesOf } from './host-kinds.ts';
import { passwordLine } from './password-line.ts';
import { type Call, created, ok, type Route } from './routes.ts';
import { audit, type Row, type World } from './world.ts';

const base = '/nginx/access-lists';
const one = `${base}/{listID}`;

export const accessListRoutes: readonly Route[] = [
  { method: 'GET', template: base, answer: list },
  { method: 'POST', template: base, answer: create },
  { method: 'GET', template: one, answer: read },
  { method: 'PUT', template: one, answer: update },
  { method: 'DELETE', template: one, answer: remove },
];

const whole = ['owner', 'items', 'clients', 'proxy_hosts'];

interface Item {
  readonly username: string;
  readonly password?: string;
}

function admit(call: Call, to: 'view' | 'manage') {
  const caller = requireCaller(call.world, call.authorization, call.path);
  requireSection(call.world, { caller, section: 'access_lists', to, path: call.path });
  return caller;
}

function find(call: Call, caller: ReturnType<typeof admit>): Row {
  const found = call.world.tables.accessLists.get(Number(call.id));
  if (found === undefined || !sees(caller, found)) throw missing(call.world.quirks, call.id);
  return found;
}

function list(call: Call) {
  const caller = admit(call, 'view');
  const expand = readExpansions(call.world, call.query.get('expand'), ['owner', 'items', 'clients']);
  const rows = call.world.tables.accessLists.all().filter((row) => sees(caller, row));
  return ok(rows.map((row) => accessListShape(call.world, row, expand)));
}

function read(call: Call) {
  const row = find(call, admit(call, 'view'));
  return ok(accessListShape(call.world, row, readExpansions(call.world, call.query.get('expand'), whole)));
}

async function create(call: Call) {
  const { world, body } = call;
  const caller = admit(call, 'manage');
  const row = world.tables.accessLists.insert({
    owner_user_id: caller.user.id,
    name: body.name,
    meta: {},
    satisfy_any: body.satisfy_any === true,
    pass_auth: body.pass_auth === true,
  });
  // The real one stumbles here, with the row in place.
  if (body.items === undefined) throw internalError(world.quirks);
  addItems(world, row, body.items as Item[]);
  addClients(world, row, body.clients);
  await writePasswords(world, row);
  note(call, { user: caller.user.id, object: row.id, action: 'created' });
  return created(accessListShape(world, row, whole));
}

async function update(call: Call) {
  const { world, body } = call;
  const caller = admit(call, 'manage');
  const row = find(call, caller);
  const { accessLists, accessItems, accessClients } = world.tables;
  if (body.name !== undefined) {
    const { name, satisfy_any = row.satisfy_any, pass_auth = row.pass_auth } = body;
    accessLists.patch(row, { name, satisfy_any, pass_auth });
  }
  if (Array.isArray(body.items)) {
    const items = body.items as Item[];
    const kept = items.filter(({ password }) => (password ?? '') === '').map(({ username }) => username);
    for (const item of accessItems.all())
      if (item.access_list_id === row.id && !kept.includes(String(item.username))) accessItems.remove(item);
    addItems(
      world,
      row,
      items.filter(({ password }) => (password ?? '') !== ''),
    );
  }
  if (Array.isArray(body.clients)) {
    for (const client of accessClients.all())
      if (client.access_list_id === row.id) accessClients.remove(client);
    addClients(world, row, body.clients);
  }
  note(call, { user: caller.user.id, object: row.id, action: 'updated' });
  await writePasswords(world, row);
  await renewHosts(world, usersOf(world, row));
  await reload(world);
  return ok(accessListShape(world, row, whole));
}

async function remove(call: Call) {
  const { world } = call;
  const caller = admit(call, 'manage');
  const row = find(call, caller);
  const hosts = usersOf(world, row);
  const told = accessListShape(world, row, ['items', 'clients']);
  // Masked a second time, so that even the hints are gone.
  const meta = { ...told, items: maskItems(told.items as Record<string, unknown>[]) };
  world.tables.accessLists.remove(row);
  // Nothing keeps a list that is in use: its hosts are open from here on.
  for (const host of hosts) host.access_list_id = 0;
  await renewHosts(world, hosts);
  await reload(world);
  await world.nginx.remove(`access/${row.id}`);
  audit(world, { user: caller.user.id, type: 'access-list', object: row.id, action: 'deleted', meta });
  return ok(true);
}

async function renewHosts(world: World, hosts: readonly Row[]): Promise<void> {
  const kind = proxyHosts(world);
  for (const host of hosts) await configure(world, { kind, host, references: referencesOf(world, host) });
}

function addItems(world: World, row: Row, items: readonly Item[]): void {
  for (const { username, password = '' } of items)
    world.tables.accessItems.insert({ access_list_id: row.id, username, password, meta: {} });
}

function addClients(world: World, row: Row, clients: unknown): void {
  for (const { address, directive } of (clients ?? []) as { address: string; directive: string }[])
    world.tables.accessClients.insert({ access_list_id: row.id, address, directive, meta: {} });
}

async function writePasswords(world: World, row: Row): Promise<void> {
  const items = itemsOf(world, row.id).filter(({ password }) => password !== '');
  const lines = items.map(({ username, password }) => passwordLine(String(username), String(password)));
  await world.nginx.write(`access/${row.id}`, lines.map((line) => `${line}\n`).join(''));
}

function note(call: Call, entry: { user: number; object: number; action: string }): void {
  const { items, ...sent } = call.body;
  const masked = Array.isArray(items) ? { items: maskItems(items as Record<string, unknown>[]) } : {};
  const meta = { ...masked, ...sent, id: entry.object };
  audit(call.world, { ...entry, type: 'access-list', meta });
}
