// What keeps requests of a stand-alone route from arriving: the proxy or ourselves at the other end, or nobody.
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

/** Null where nothing is in the way. `force` leaves out the look at the other end, and nothing else. */
export async function forwardObstacle(
  unit: Desired,
  deps: { config: Config; prober: Pick<Prober, 'tcp'>; force: boolean },
): Promise<Obstacle | null> {
  const forward = endOf(unit);
  if (forward === null) return null;
  const loop = loopOf(forward, deps.config);
  if (loop !== null) return loop;
  if (deps.force) return null;
  const { host, port } = forward;
  const look = await deps.prober.tcp({ host: host.replace(/^\[|\]$/g, ''), port, timeoutMs: LOOK_MS });
  if (look.ok) return null;
  return {
    reason: 'ForwardUnreachable',
    message: `Nothing answers at ${host}:${port} (${look.detail}).`,
    hint: 'Start it, or correct `forward`; `?force=true` (`--force`) adds it as it is.',
  };
}

/** A datagram gets no answer that says anything, so of streams only those by TCP are looked at. */
function endOf(unit: Desired): Pick<TrafficTarget, 'host' | 'port'> | null {
  if (unit.kind !== 'proxy') return null;
  const { forward, target } = unit;
  return target.type === 'stream' ? (target.tcp ? target : null) : forward;
}

function loopOf(
  { host, port }: Pick<TrafficTarget, 'host' | 'port'>,
  { listen, proxy }: Config,
): Obstacle | null {
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
