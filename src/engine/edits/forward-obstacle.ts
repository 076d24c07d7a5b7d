// What keeps requests of a stand-alone route, or of a path of it, from arriving: the proxy or ourselves at the other end, or nobody.
import type { Config } from '../../model/config.ts';
import type { Desired } from '../../model/desired.ts';
import type { TrafficTarget } from '../../model/route.ts';
import type { Prober } from '../../ports/prober.ts';

const LOOK_MS = 3_000;

export interface Obstacle {
  reason: string;
  message: string;
  hint: string;
}

/**
 * Null where nothing is in the way of the route and of each of its locations. `force` leaves out the look at the other
 * ends, and nothing else.
 */
export async function forwardObstacle(
  unit: Desired,
  { config, prober, force }: { config: Config; prober: Pick<Prober, 'tcp'>; force: boolean },
): Promise<Obstacle | null> {
  const ends = endsOf(unit);
  for (const end of ends) {
    const loop = loopOf(end, config);
    if (loop !== null) return loop;
  }
  if (force) return null;
  // At the same time: nobody waits for fifty of them one after the other.
  const looks = await Promise.all(ends.map((end) => lookAt(end, prober)));
  return looks.find((obstacle) => obstacle !== null) ?? null;
}

/** Null for the route itself. */
type End = Pick<TrafficTarget, 'host' | 'port'> & { location: string | null };

/** Each once. A datagram gets no answer that says anything, so of streams only those by TCP are looked at. */
function endsOf(unit: Desired): End[] {
  if (unit.kind !== 'proxy') return [];
  const { forward, target } = unit;
  const own = target.type === 'stream' ? (target.tcp ? target : null) : forward;
  const locations = target.type === 'forward' ? target.options.locations : [];
  const all = [
    ...(own === null ? [] : [{ host: own.host, port: own.port, location: null }]),
    ...locations.map(({ path, upstream: { host, port } }) => ({ host, port, location: path })),
  ];
  const first = new Map(all.toReversed().map((end) => [`${end.host} ${end.port}`, end]));
  return all.filter((end) => first.get(`${end.host} ${end.port}`) === end);
}

async function lookAt({ host, port, location }: End, prober: Pick<Prober, 'tcp'>): Promise<Obstacle | null> {
  const look = await prober.tcp({ host: host.replace(/^\[|\]$/g, ''), port, timeoutMs: LOOK_MS });
  if (look.ok) return null;
  const where = location === null ? '' : `, where the location ${location} leads`;
  return {
    reason: 'ForwardUnreachable',
    message: `Nothing answers at ${host}:${port} (${look.detail})${where}.`,
    hint: 'Start it, or correct `forward`; `?force=true` (`--force`) adds it as it is.',
  };
}

function loopOf({ host, port }: End, { listen, proxy }: Config): Obstacle | null {
  const name = host.toLowerCase().replace(/\.$/, '');
  const ends = proxy === null ? [] : [proxy.traffic.http, proxy.traffic.https, proxy.url];
  const isProxy = ends.some((end) => {
    if (!URL.canParse(end)) return false;
    const { hostname, port: written, protocol } = new URL(end);
    return hostname === name && Number(written || (protocol === 'https:' ? 443 : 80)) === port;
  });
  if (isProxy) return loop(`${host}:${port} is the proxy itself`);
  const isLocal =
    /^(localhost|127\.[\d.]+|\[?::1\]?|0\.0\.0\.0)$/.test(name) ||
    name === listen.host.replace(/^\[|\]$/g, '');
  return isLocal && port === listen.port ? loop(`${host}:${port} is Tinyforge's own page`) : null;
}

function loop(why: string): Obstacle {
  return {
    reason: 'ForwardLoop',
    message: `Requests would go round in a circle: ${why}.`,
    hint: 'Write where the service itself answers.',
  };
}
