// Status, schema, version check, settings, audit log and reports.
import { requireAdmin, requireCaller, sees } from './access.ts';
import { missing } from './answers.ts';
import { reload } from './configure.ts';
import { ownerOf, readExpansions } from './expand.ts';
import { renderDefaultSite } from './render-other.ts';
import { type Call, ok, type Route } from './routes.ts';
import { without } from './rows.ts';
import { isSetUp } from './user-routes.ts';
import type { Row, World } from './world.ts';

export const otherRoutes: readonly Route[] = [
  { method: 'GET', template: '/', answer: status },
  { method: 'GET', template: '/schema', answer: schema },
  { method: 'GET', template: '/version/check', answer: versionCheck },
  { method: 'GET', template: '/settings', answer: settings },
  { method: 'GET', template: '/settings/{settingID}', answer: setting },
  { method: 'PUT', template: '/settings/{settingID}', answer: changeSetting },
  { method: 'GET', template: '/audit-log', answer: auditLog },
  { method: 'GET', template: '/audit-log/{id}', answer: auditEntry },
  { method: 'GET', template: '/reports/hosts', answer: reports },
];

function status({ world }: Call) {
  const { setupCall, version } = world.quirks;
  return ok({ status: 'OK', ...(setupCall ? { setup: isSetUp(world) } : {}), version });
}

function schema({ world }: Call) {
  // What the older ones answered has another form altogether, and no version of OpenAPI.
  return ok(
    world.quirks.openApi ? world.schemas.document : { $schema: 'http://json-schema.org/draft-07/schema#' },
  );
}

function versionCheck(call: Call) {
  requireCaller(call.world, call.authorization, call.path);
  return ok({ current: null, latest: null, update_available: false });
}

function admitAdmin(call: Call) {
  const caller = requireCaller(call.world, call.authorization, call.path);
  requireAdmin(call.world, caller, call.path);
  return caller;
}

function settings(call: Call) {
  admitAdmin(call);
  return ok([...call.world.tables.settings.values()]);
}

function findSetting(call: Call) {
  const found = call.world.tables.settings.get(call.id);
  if (found === undefined) throw missing(call.world.quirks, call.id);
  return found;
}

function setting(call: Call) {
  admitAdmin(call);
  return ok(findSetting(call));
}

async function changeSetting(call: Call) {
  admitAdmin(call);
  const { world, body } = call;
  const changed: Record<string, unknown> = Object.assign(findSetting(call), body);
  const file = 'nginx/default_host/site.conf';
  const rendered = renderDefaultSite(changed, world.nginx);
  if (changed.value === 'html')
    await world.nginx.write(
      'nginx/default_www/index.html',
      String((changed.meta as { html?: string }).html ?? ''),
    );
  if (rendered === null) await world.nginx.remove(file);
  else await world.nginx.write(file, rendered);
  await reload(world);
  return ok(changed);
}

function tellEntry(world: World, row: Row, expand: readonly string[]) {
  const user = expand.includes('user')
    ? { user: ownerOf(world, { ...row, owner_user_id: row.user_id }, 'with-is-deleted') }
    : {};
  return { ...without(row, 'is_deleted'), ...user };
}

function auditLog(call: Call) {
  admitAdmin(call);
  const expand = readExpansions(call.world, call.query.get('expand'), ['user']);
  const newest = call.world.tables.auditLog.all().reverse().slice(0, 100);
  return ok(newest.map((row) => tellEntry(call.world, row, expand)));
}

function auditEntry(call: Call) {
  admitAdmin(call);
  const row = call.world.tables.auditLog.get(Number(call.id));
  if (row === undefined) throw missing(call.world.quirks, call.id);
  return ok(tellEntry(call.world, row, []));
}

function reports(call: Call) {
  const { world } = call;
  const caller = requireCaller(world, call.authorization, call.path);
  const count = (rows: Row[]) => rows.filter((row) => sees(caller, row)).length;
  return ok({
    proxy: count(world.tables.proxyHosts.all()),
    redirection: count(world.tables.redirectionHosts.all()),
    stream: count(world.tables.streams.all()),
    dead: count(world.tables.deadHosts.all()),
  });
}
