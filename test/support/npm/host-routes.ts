// The paths of one kind of host: list, read, create, update, delete, enable, disable, with the real one's order of steps.
import { requireCaller, requireSection, sees } from './access.ts';
import { invalid, missing, refusal } from './answers.ts';
import { orderCertificate } from './certificates-order.ts';
import { configure, unconfigure } from './configure.ts';
import { readExpansions } from './expand.ts';
import { answerExpansions, type HostKind, referencesOf, tell } from './host-kinds.ts';
import { refuseTaken, sortedNames, tlsFlags, withNumber } from './host-rules.ts';
import { type Call, created, ok, type Route } from './routes.ts';
import { audit, type Row } from './world.ts';

/** All routes of the kind. */
export function hostRoutes(kind: HostKind): Route[] {
  const base = `/nginx/${kind.path}`;
  const one = `${base}/{${kind.path === 'streams' ? 'streamID' : 'hostID'}}`;
  const { list, read, create, update, remove, turn } = handlers(kind);
  return [
    { method: 'GET', template: base, answer: list },
    { method: 'GET', template: one, answer: read },
    { method: 'POST', template: base, answer: create },
    { method: 'PUT', template: one, answer: update },
    { method: 'DELETE', template: one, answer: remove },
    { method: 'POST', template: `${one}/enable`, answer: turn('enabled') },
    { method: 'POST', template: `${one}/disable`, answer: turn('disabled') },
  ];
}

function handlers(kind: HostKind) {
  const admit = (call: Call, to: 'view' | 'manage') => {
    const caller = requireCaller(call.world, call.authorization, call.path);
    requireSection(call.world, { caller, section: kind.section, to, path: call.path });
    return caller;
  };
  const find = (call: Call, caller: ReturnType<typeof admit>): Row => {
    if (!/^\d+$/.test(call.id)) {
      if (call.method === 'PUT') throw refusal(404, 'Not Found');
      throw refusal(400, 'Internal Error');
    }
    const host = kind.table.get(Number(call.id));
    if (host === undefined || !sees(caller, host)) throw missing(call.world.quirks, Number(call.id));
    return host;
  };
  const expansions = (call: Call) => readExpansions(call.world, call.query.get('expand'), kind.expansions);
  return {
    list(call: Call) {
      const caller = admit(call, 'view');
      const expand = expansions(call);
      const query = call.query.get('query') ?? '';
      const sortKey = (host: Row) => JSON.stringify(host.domain_names ?? host.incoming_port);
      const hosts = kind.table
        .all()
        .filter((host) => sees(caller, host) && sortKey(host).includes(query))
        .sort((a, b) => compare(sortKey(a), sortKey(b)));
      return ok(hosts.map((host) => tell(call.world, kind, { host, expand })));
    },
    read(call: Call) {
      const caller = admit(call, 'view');
      const host = find(call, caller);
      return ok(tell(call.world, kind, { host, expand: expansions(call) }));
    },
    async create(call: Call) {
      const { world } = call;
      const caller = admit(call, 'manage');
      const { certificate_id: wanted, ...rest } = call.body;
      const orders = wanted === 'new';
      const sent = orders ? rest : withNumber(call.body);
      const names = sortedNames(sent);
      refuseTaken(world, names.domain_names ?? [], undefined);
      const host = kind.table.insert({
        owner_user_id: caller.user.id,
        ...structuredClone(kind.defaults),
        ...sent,
        ...names,
        ...tlsFlags(kind, sent, sent),
      });
      if (orders) {
        // Fails with the row in place, and with no file: nothing takes it back.
        const certificate = await orderCertificate(world, {
          owner: caller.user,
          names: host.domain_names,
          meta: {},
        });
        kind.table.patch(host, { certificate_id: certificate.id });
      }
      // What is answered is the row from before nginx was asked.
      const answer = structuredClone(tell(world, kind, { host, expand: answerExpansions(kind) }));
      await configure(world, { kind, host, references: referencesOf(world, host) });
      audit(world, {
        user: caller.user.id,
        type: kind.auditType,
        object: host.id,
        action: 'created',
        meta: sent,
      });
      return created(answer);
    },
    async update(call: Call) {
      const { world } = call;
      const caller = admit(call, 'manage');
      const sent = withNumber(call.body);
      const names = sortedNames(sent);
      if (names.domain_names !== undefined)
        refuseTaken(world, names.domain_names, { kind, id: Number(call.id) });
      const host = find(call, caller);
      if (sent.certificate_id === 'new') {
        const domains = names.domain_names ?? host.domain_names;
        const certificate = await orderCertificate(world, { owner: caller.user, names: domains, meta: {} });
        sent.certificate_id = certificate.id;
      }
      kind.table.patch(host, { ...sent, ...names, ...tlsFlags(kind, { ...host, ...sent }, sent) });
      audit(world, {
        user: caller.user.id,
        type: kind.auditType,
        object: host.id,
        action: 'updated',
        meta: sent,
      });
      // A host that is off keeps the file it has: `enabled: false` does not stop the routing.
      if (host.enabled === true)
        await configure(world, { kind, host, references: referencesOf(world, host) });
      return ok(tell(world, kind, { host, expand: answerExpansions(kind) }));
    },
    async remove(call: Call) {
      const caller = admit(call, 'manage');
      const host = find(call, caller);
      kind.table.remove(host);
      await unconfigure(call.world, kind, host);
      audit(call.world, {
        user: caller.user.id,
        type: kind.auditType,
        object: host.id,
        action: 'deleted',
        meta: tell(call.world, kind, { host, expand: [] }),
      });
      return ok(true);
    },
    turn: (to: 'enabled' | 'disabled') => async (call: Call) => {
      const { world } = call;
      const caller = admit(call, 'manage');
      const host = find(call, caller);
      const on = to === 'enabled';
      if (host.enabled === on) throw invalid(`Host is already ${to}`);
      kind.table.patch(host, { enabled: on });
      // The real one reads the host without its access list here, so that the new file has none.
      if (on)
        await configure(world, {
          kind,
          host,
          references: { ...referencesOf(world, host), accessList: null },
        });
      else await unconfigure(world, kind, host);
      audit(world, {
        user: caller.user.id,
        type: kind.auditType,
        object: host.id,
        action: to,
        meta: tell(world, kind, { host, expand: [] }),
      });
      return ok(true);
    },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
