// Certificates: custom ones with their upload, Let's Encrypt, and a list that tells private keys, as the real one does.
import { requireCaller, requireSection, sees } from './access.ts';
import { invalid, missing } from './answers.ts';
import { readPair } from './certificate-pair.ts';
import { keepFiles, orderCertificate } from './certificates-order.ts';
import { ownerOf, readExpansions } from './expand.ts';
import { type HostKind, hostKinds, tell } from './host-kinds.ts';
import { type Call, created, ok, type Route } from './routes.ts';
import { stamp, without } from './rows.ts';
import { audit, now, type Row, type World } from './world.ts';

const base = '/nginx/certificates';
const one = `${base}/{certID}`;

export const certificateRoutes: readonly Route[] = [
  { method: 'GET', template: base, answer: list },
  { method: 'POST', template: base, answer: create },
  { method: 'GET', template: `${base}/dns-providers`, answer: dnsProviders },
  { method: 'POST', template: `${base}/validate`, answer: validate },
  { method: 'GET', template: one, answer: read },
  { method: 'DELETE', template: one, answer: remove },
  { method: 'POST', template: `${one}/upload`, answer: upload },
  { method: 'POST', template: `${one}/renew`, answer: renew },
];

function admit(call: Call, to: 'view' | 'manage') {
  const caller = requireCaller(call.world, call.authorization, call.path);
  requireSection(call.world, { caller, section: 'certificates', to, path: call.path });
  return caller;
}

function find(call: Call, caller: ReturnType<typeof admit>): Row {
  const found = call.world.tables.certificates.get(Number(call.id));
  if (found === undefined || !sees(caller, found)) throw missing(call.world.quirks, call.id);
  return found;
}

const groups = {
  proxy_hosts: 'proxy',
  redirection_hosts: 'redirection',
  dead_hosts: 'dead',
  streams: 'stream',
} as const;
const known = ['owner', ...Object.keys(groups)];

function shape(world: World, row: Row, expand: readonly string[]) {
  const told: Record<string, unknown> = without(row, 'is_deleted');
  if (expand.includes('owner')) told.owner = ownerOf(world, row, 'plain');
  const kinds = hostKinds(world);
  const usersOf = (kind: HostKind) =>
    kind.table
      .all()
      .filter((host) => host.certificate_id === row.id)
      .map((host) => tell(world, kind, { host, expand: [] }));
  for (const [name, kind] of Object.entries(groups))
    if (expand.includes(name)) told[name] = usersOf(kinds[kind]);
  return told;
}

function list(call: Call) {
  const caller = admit(call, 'view');
  const expand = readExpansions(call.world, call.query.get('expand'), known);
  const rows = call.world.tables.certificates.all().filter((row) => sees(caller, row));
  return ok(rows.map((row) => shape(call.world, row, expand)));
}

function read(call: Call) {
  const row = find(call, admit(call, 'view'));
  return ok(shape(call.world, row, readExpansions(call.world, call.query.get('expand'), known)));
}

async function create(call: Call) {
  const { world, body } = call;
  const caller = admit(call, 'manage');
  const names = (body.domain_names as string[] | undefined) ?? [];
  const meta = (body.meta as Record<string, unknown> | undefined) ?? {};
  if (body.provider === 'letsencrypt') {
    const row = await orderCertificate(world, { owner: caller.user, names, meta });
    note(world, { user: caller.user.id, row, action: 'created' });
    return created(shape(world, row, []));
  }
  const row = world.tables.certificates.insert({
    owner_user_id: caller.user.id,
    provider: body.provider,
    nice_name: body.nice_name ?? names.join(', '),
    domain_names: [...names].sort(),
    expires_on: now(),
    meta,
  });
  note(world, { user: caller.user.id, row, action: 'created' });
  return created(shape(world, row, []));
}

async function upload(call: Call) {
  const { world } = call;
  const caller = admit(call, 'manage');
  const row = find(call, caller);
  const { pem, facts } = readPair(call);
  if (row.provider !== 'other') throw invalid('Cannot upload certificates for this type of provider');
  world.tables.certificates.patch(row, {
    expires_on: stamp(new Date(facts.dates.to * 1000)),
    domain_names: facts.names,
    meta: { ...(row.meta as object), ...pem },
  });
  await keepFiles(world, row, pem);
  note(world, { user: caller.user.id, row, action: 'updated' });
  return ok(pem);
}

function validate(call: Call) {
  admit(call, 'manage');
  const { facts } = readPair(call);
  const { names: _, ...certificate } = facts;
  return ok({ certificate, certificate_key: true });
}

async function renew(call: Call) {
  const { world } = call;
  const caller = admit(call, 'manage');
  const row = find(call, caller);
  if (row.provider !== 'letsencrypt') throw invalid("Only Let's Encrypt certificates can be renewed");
  const fresh = await orderCertificate(world, { owner: caller.user, names: row.domain_names, meta: {} });
  world.tables.certificates.patch(row, { expires_on: fresh.expires_on });
  world.tables.certificates.remove(fresh);
  return ok(shape(world, row, []));
}

async function remove(call: Call) {
  const { world } = call;
  const caller = admit(call, 'manage');
  const row = find(call, caller);
  // The hosts keep the id and the files they were served with; only their next write notices.
  world.tables.certificates.remove(row);
  note(world, { user: caller.user.id, row, action: 'deleted' });
  return ok(true);
}

function dnsProviders(call: Call) {
  admit(call, 'view');
  return ok([{ id: 'vultr', name: 'Vultr', credentials: 'dns_vultr_key = <api_key>' }]);
}

function note(world: World, entry: { user: number; row: Row; action: string }): void {
  const { row, ...rest } = entry;
  audit(world, {
    ...rest,
    type: 'certificate',
    object: row.id,
    meta: { ...without(row, 'is_deleted'), meta: {} },
  });
}
