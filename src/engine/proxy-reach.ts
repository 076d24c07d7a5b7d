// Whether the proxy reaches what it routes to, and we its traffic side: by looking, and by one real question through it.
import { namedTraffic } from '../core/route/traffic.ts';
import { routeWishes } from '../core/route/wishes.ts';
import type { ProxyConfig } from '../model/config.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { RouteWish } from '../model/route.ts';
import type { Check } from '../ports/session.ts';
import type { EngineDeps } from './deps.ts';
import { fine, off, problem, warning } from './doctor-deps.ts';
import { type Observation, observeAll } from './observe.ts';
import { findOwnContainer } from './proxy-container.ts';

export type ReachDeps = Pick<EngineDeps, 'config' | 'control' | 'proxy' | 'prober' | 'runtimes'>;

const SUBJECT = 'proxy reach';
const TRAFFIC = 'proxy traffic';
const TIMEOUT_MS = 5_000;
/** A proxy's own words for "I could not reach it". */
const UNREACHED = new Set([502, 503, 504]);

/** Empty where no proxy is configured. Never rejects; nothing is changed. */
export async function checkProxyReach(deps: ReachDeps, signal: AbortSignal): Promise<Check[]> {
  const { proxy } = deps.config;
  if (proxy === null || deps.proxy === null) return [];
  const observations = [...(await observeAll(deps)).values()].filter(({ reachable }) => reachable);
  const [traffic, question] = await Promise.all([
    checkTraffic(deps, proxy),
    askOne(deps, { observations, signal }),
  ]);
  const paths =
    proxy.reach === 'network'
      ? checkNetwork(proxy, observations)
      : await checkPublished(deps, { proxy, observations });
  return [...traffic, ...paths, ...question];
}

/** Without the plain one nothing can be proven; without the other only routes with TLS cannot. */
async function checkTraffic({ prober }: ReachDeps, { traffic }: ProxyConfig): Promise<Check[]> {
  const asked = await Promise.all(
    (['http', 'https'] as const).map(async (scheme) => {
      const { hostname, port } = new URL(traffic[scheme]);
      const host = hostname.replace(/^\[|\]$/g, '');
      const at = { host, port: Number(port || (scheme === 'http' ? 80 : 443)), timeoutMs: TIMEOUT_MS };
      return { scheme, url: traffic[scheme], ...(await prober.tcp(at)) };
    }),
  );
  const silent = asked.filter(({ ok }) => !ok);
  if (silent.length === 0) return [fine(TRAFFIC, `${asked.map(({ url }) => url).join(' and ')} answer`)];
  return silent.map(({ scheme, url, detail }) => {
    const text = `${url} does not answer: ${detail}`;
    const hint = `Let \`proxy.traffic.${scheme}\` lead to where the proxy takes the requests of clients.`;
    return scheme === 'http'
      ? problem(TRAFFIC, text, hint)
      : warning(TRAFFIC, `${text}; routes with TLS cannot be proven`, hint);
  });
}

function checkNetwork({ network, url }: ProxyConfig, observations: readonly Observation[]): Check[] {
  const name = network ?? '';
  const there = observations.filter(({ networks }) => networks.some((one) => one.name === name));
  const [first] = observations;
  if (first === undefined)
    return [warning(SUBJECT, 'not known while no engine answers', 'Look again when one does.')];
  if (there.length === 0)
    return [
      problem(
        SUBJECT,
        `engine ${first.host} has no network ${name}, by which the proxy reaches containers`,
        `docker network create ${name}, and then connect the proxy's container to it`,
      ),
    ];
  const own = there.flatMap(({ containers }) => findOwnContainer(url, containers) ?? [])[0];
  if (own !== undefined && own.networks[name] === undefined)
    return [
      problem(SUBJECT, `${own.name} is not on network ${name}`, `docker network connect ${name} ${own.name}`),
    ];
  if (own !== undefined) return [fine(SUBJECT, `${own.name} is on network ${name}`)];
  const others = there.flatMap(({ containers }) =>
    containers.filter(({ ours, networks }) => ours === null && networks[name] !== undefined),
  );
  if (others.length > 0) return [fine(SUBJECT, `network ${name} is there, with ${listOf(others)} on it`)];
  return [
    problem(
      SUBJECT,
      `nobody but what we deployed is on network ${name}, so the proxy is not`,
      `docker network connect ${name} CONTAINER, with the name of the proxy's container`,
    ),
  ];
}

/** From here: what does not answer us at that address does not answer the proxy either, in most houses. */
async function checkPublished(
  { prober }: ReachDeps,
  { proxy, observations }: { proxy: ProxyConfig; observations: readonly Observation[] },
): Promise<Check[]> {
  const host = proxy.address ?? '127.0.0.1';
  const port = observations
    .flatMap(({ containers }) => containers)
    .filter(({ ours, state }) => ours !== null && state === 'running')
    .flatMap(({ ports }) => ports)
    .find((one) => one.published !== null && one.protocol === 'tcp' && isOn(one.hostIp, host));
  if (port === undefined || port.published === null)
    return [off(SUBJECT, `nothing is published at ${host} yet`)];
  const { ok, detail } = await prober.tcp({ host, port: port.published, timeoutMs: TIMEOUT_MS });
  const at = `${host}:${port.published}`;
  if (ok) return [fine(SUBJECT, `${at}, where a container is published, answers`)];
  return [
    problem(
      SUBJECT,
      `${at}, where a container is published, does not answer: ${detail}`,
      'Let `proxy.address` be an address of the engine’s host that the proxy can reach.',
    ),
  ];
}

/** One route that leads to a running container of ours is asked, if there is one: that is all the path at once. */
async function askOne(
  { config, control, proxy }: ReachDeps,
  { observations, signal }: { observations: readonly Observation[]; signal: AbortSignal },
): Promise<Check[]> {
  try {
    const routes = (await proxy?.list(signal))?.routes ?? [];
    const containers = observations.flatMap((one) => one.containers);
    for (const wish of control.allLastApplied().flatMap(({ desired }) => workloadWishes(desired))) {
      const route = routes.find(
        ({ owner }) => owner?.controller === config.controller && owner.key === wish.key,
      );
      const reach = config.proxy?.reach ?? 'network';
      const [target] = namedTraffic(route?.traffic ?? null, { reach, containers })?.main ?? [];
      const behind = containers.find(
        ({ name, state, ours }) =>
          state === 'running' && ours?.unit === wish.unit && name.startsWith(target?.host ?? '/'),
      );
      if (behind !== undefined) return [await ask(wish, { behind, proxy, signal })];
    }
    return [off(SUBJECT, 'no route leads to a running container yet, so none was asked')];
  } catch {
    // The check of the proxy itself says why it cannot be asked.
    return [];
  }
}

function workloadWishes(desired: Parameters<typeof routeWishes>[0]): RouteWish[] {
  return desired.kind === 'proxy' ? [] : routeWishes(desired);
}

async function ask(
  wish: RouteWish,
  { behind, proxy, signal }: { behind: ObservedContainer; proxy: EngineDeps['proxy']; signal: AbortSignal },
): Promise<Check> {
  const name = wish.domains[0] ?? wish.key;
  try {
    const answer = await proxy?.ask(wish, { path: '/', preview: null, signal, timeoutMs: TIMEOUT_MS });
    const status = answer?.status ?? 0;
    if (!UNREACHED.has(status)) return fine(SUBJECT, `${name} answers through the proxy (${status})`);
    return problem(
      SUBJECT,
      `${name} answers ${status} through the proxy: it does not reach ${behind.name}`,
      `tinyforge why ${wish.unit}; if that is well, the proxy is not where it can reach containers`,
    );
  } catch (error) {
    return problem(
      SUBJECT,
      `${name} cannot be asked through the proxy: ${error instanceof Error ? error.message : String(error)}`,
      'Check `proxy.traffic` in tinyforge.yaml.',
    );
  }
}

function isOn(hostIp: string, address: string): boolean {
  return hostIp === address || hostIp === '0.0.0.0' || hostIp === '::' || hostIp === '';
}

function listOf(containers: readonly ObservedContainer[]): string {
  const names = containers.map(({ name }) => name);
  return names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}
