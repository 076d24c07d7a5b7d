// Puts one route: looks who has its names, writes only what differs, and asks the live proxy whether it serves it.
import { canonicalJson } from '../../core/canonical.ts';
import type { ControllerNames } from '../../core/controller-names.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RoutePut } from '../../ports/proxy-provider.ts';
import type { CaddyApi } from './api.ts';
import { type CompileContext, type CompiledRoute, compileRoute, secretsOf } from './compile.ts';
import { type CaddyConfig, type CaddyRoute, hostsOf, serverOf } from './config.ts';
import { routeConflict, routeNotServed, routeRefused } from './failures.ts';
import { isPreviewId, PLAIN_SERVER, readRouteId, TLS_SERVER, twinId } from './names.ts';
import { previewRoute } from './preview.ts';
import { isFallback, strangerId } from './read.ts';
import { refuses, refusesTraffic } from './refuses.ts';
import { ensureServers, type Ports } from './servers.ts';
import type { TrafficSide } from './traffic-side.ts';

/** A change is served when the API has answered; the rest is a slow machine, or another Caddy at that address. */
const SERVED_IN_MS = 5_000;
/** Caddy's own authority takes a second; Let's Encrypt takes longer, and the next pass looks again. */
const CERTIFIED_IN_MS = 15_000;
const LOOK_EVERY_MS = 50;

export interface PutDeps {
  api: CaddyApi;
  traffic: TrafficSide;
  context: CompileContext;
  ports: Ports;
  clock: Clock;
}

export async function putRoute(put: RoutePut, deps: PutDeps, signal: AbortSignal): Promise<CompiledRoute> {
  const { wish } = put;
  const what = wish.domains[0] ?? wish.key;
  const refusal = refuses(wish) ?? refusalOfTraffic(put);
  if (refusal !== null) throw routeRefused(what, refusal);
  const compiled = compileRoute(put, deps.context);
  const before = await deps.api.read(signal);
  const { adopted, former } = claim(before, { put, id: compiled.id, names: deps.context });
  const config = await ensureServers(before, {
    ...{ api: deps.api, ports: deps.ports, signal, needsTls: compiled.twin !== null },
    preview: (server) =>
      previewRoute({
        ...{ server, controller: deps.context.controller },
        secret: secretsOf(deps.context.sign, wish.key).preview,
      }),
  });
  // The twin first: where TLS is forced, plain requests are sent there.
  await writeTwin(config, { compiled, what, deps, signal });
  await writeOne(config, { server: PLAIN_SERVER, route: compiled.plain, what, deps, signal });
  await seeServed(put, { compiled, what, deps, signal });
  if (adopted !== null) await retire(adopted, { deps, what, signal });
  // What it was called before this controller was renamed: nobody is sent there any more, for the new one stands first.
  for (const id of former)
    for (const one of [id, twinId(id)]) await deps.api.remove({ path: ['id', one], what }, signal);
  return compiled;
}

function refusalOfTraffic({ wish, traffic }: RoutePut): string | null {
  if (wish.target.type !== 'forward') return null;
  return traffic === null ? 'it is not said who gets the requests' : refusesTraffic(traffic);
}

interface Adopted {
  id: string;
  route: CaddyRoute;
}

/** Throws where a stranger has one of the names; returns what is taken over: a stranger's, and our own by a former name. */
function claim(
  config: CaddyConfig,
  { put: { wish, adopt }, id, names }: { put: RoutePut; id: string; names: ControllerNames },
): { adopted: Adopted | null; former: ReadonlySet<string> } {
  let adopted: Adopted | null = null;
  const former = new Set<string>();
  for (const server of config.servers) {
    for (const [index, route] of server.routes.entries()) {
      if (isFallback(route) || isPreviewId(route['@id'])) continue;
      const own = readRouteId(route['@id'], names);
      if (own !== null && own.id !== id && own.key === wish.key) former.add(own.id);
      // Ours, of a workload that was called otherwise.
      if (own !== null && own.id === adopt) former.add(own.id);
      if (own?.key === wish.key || own?.id === adopt) continue;
      const hosts = hostsOf(route);
      const taken = hosts.find((host) => wish.domains.includes(host));
      if (taken === undefined) continue;
      const stranger = strangerId(route, { server: server.name, index });
      if (stranger !== adopt) throw routeConflict(taken, `route ${stranger}`);
      const more = hosts.filter((host) => !wish.domains.includes(host));
      if (more.length > 0)
        throw routeRefused(taken, `route ${stranger} has ${more.join(', ')} too, which would go with it`);
      adopted = { id: stranger, route };
    }
  }
  return { adopted, former };
}

interface WriteOptions {
  what: string;
  deps: PutDeps;
  signal: AbortSignal;
}

async function writeTwin(
  config: CaddyConfig,
  { compiled, what, deps, signal }: WriteOptions & { compiled: CompiledRoute },
): Promise<void> {
  const id = twinId(compiled.id);
  if (compiled.twin !== null)
    return writeOne(config, { server: TLS_SERVER, route: compiled.twin, what, deps, signal });
  if (serverOf(config, TLS_SERVER)?.routes.some((route) => route['@id'] === id))
    await deps.api.remove({ path: ['id', id], what }, signal);
}

async function writeOne(
  config: CaddyConfig,
  { server, route, what, deps, signal }: WriteOptions & { server: string; route: CaddyRoute },
): Promise<void> {
  const routes = serverOf(config, server)?.routes ?? [];
  const id = route['@id'] ?? '';
  const there = routes.find((other) => other['@id'] === id);
  if (there !== undefined) {
    if (canonicalJson(there) === canonicalJson(route)) return;
    return deps.api.write({ method: 'PATCH', path: ['id', id], body: route, what }, signal);
  }
  const place = placeOf(route, routes);
  const path = ['config', 'apps', 'http', 'servers', server, 'routes'];
  await deps.api.write(
    place === routes.length
      ? { method: 'POST', path, body: route, what }
      : { method: 'PUT', path: [...path, String(place)], body: route, what },
    signal,
  );
}

/** Caddy takes the first that matches: previews, exact names, wildcards, and the one for all others. */
function placeOf(route: CaddyRoute, routes: readonly CaddyRoute[]): number {
  if (!hostsOf(route).some((host) => host.startsWith('*.')))
    return routes.filter((other) => isPreviewId(other['@id'])).length;
  const fallback = routes.findIndex(isFallback);
  return fallback < 0 ? routes.length : fallback;
}

/** The API's yes proves nothing: another process may have the port, or `proxy.traffic` may lead elsewhere. */
async function seeServed(
  { wish }: RoutePut,
  { compiled, what, deps, signal }: WriteOptions & { compiled: CompiledRoute },
): Promise<void> {
  const { clock, traffic } = deps;
  await untilOk(clock, { signal, limitMs: SERVED_IN_MS }, async () => {
    const told = await traffic.who(wish, { preview: null, signal });
    if (told?.revision === compiled.revision) return;
    throw routeNotServed(what, told === null ? 'it does not know this name' : 'it serves the version before');
  });
  if (compiled.twin === null) return;
  await untilOk(clock, { signal, limitMs: CERTIFIED_IN_MS }, () => traffic.greet(wish, signal));
}

async function untilOk(
  clock: Clock,
  { signal, limitMs }: { signal: AbortSignal; limitMs: number },
  look: () => Promise<void>,
): Promise<void> {
  const endMs = clock.nowMs() + limitMs;
  while (true) {
    try {
      return await look();
    } catch (error) {
      if (signal.aborted || clock.nowMs() >= endMs) throw error;
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** Ours serves the names already. Its place may have moved by our own insertion, so it is found by what it is. */
async function retire(adopted: Adopted, { deps, what, signal }: WriteOptions): Promise<void> {
  const bytes = canonicalJson(adopted.route);
  const config = await deps.api.read(signal);
  for (const server of config.servers) {
    const index = server.routes.findIndex((route) => canonicalJson(route) === bytes);
    if (index < 0) continue;
    const path = ['config', 'apps', 'http', 'servers', server.name, 'routes', String(index)];
    await deps.api.remove({ path, what }, signal);
    return;
  }
}
