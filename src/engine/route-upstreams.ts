// From a target in a plan to what the proxy can reach: a name on the shared network, or a published port of the host.
import { isSameFamily } from '../core/route/traffic.ts';
import { fault } from '../model/errors.ts';
import type { ResolvedTraffic, Traffic, TrafficTarget, Upstream } from '../model/route.ts';
import type { ContainerFacts, ContainerRuntime } from '../ports/container-runtime.ts';
import type { EngineDeps } from './deps.ts';

type Deps = Pick<EngineDeps, 'config'>;

/** Containers are asked for their ports one by one; what is no container of this engine is taken as an address. */
export async function upstreamOf(
  { config }: Deps,
  runtime: Pick<ContainerRuntime, 'inspectContainer'>,
  target: TrafficTarget,
): Promise<Upstream> {
  const { proxy } = config;
  if (proxy === null || proxy.reach === 'network') return target;
  return upstreamFrom(proxy, { target, facts: await runtime.inspectContainer(target.host) });
}

/** The same, of a container that was looked at already. */
export function upstreamFrom(
  proxy: Deps['config']['proxy'],
  { target, facts }: { target: TrafficTarget; facts: ContainerFacts | null },
): Upstream {
  if (proxy === null || proxy.reach === 'network' || facts === null) return target;
  const host = proxy.address ?? '127.0.0.1';
  const port = facts.published.find(
    (entry) => entry.target === target.port && isSameFamily(entry.hostIp, host),
  );
  if (port !== undefined) return { scheme: target.scheme, host, port: port.port };
  throw fault({
    code: 'PORT_NOT_PUBLISHED',
    reason: 'PortNotPublished',
    message: `${target.host} does not publish port ${target.port}, so the proxy cannot reach it`,
    hint: 'the container is not running, or its port was taken away by hand',
    disposition: 'conflict',
  });
}

export async function resolveTraffic(
  deps: Deps,
  runtime: Pick<ContainerRuntime, 'inspectContainer'>,
  traffic: Traffic,
): Promise<ResolvedTraffic> {
  const all = (targets: readonly TrafficTarget[]): Promise<Upstream[]> =>
    Promise.all(targets.map((target) => upstreamOf(deps, runtime, target)));
  const main = await all(traffic.main);
  return traffic.canary === null
    ? { main, canary: null }
    : { main, canary: { upstreams: await all(traffic.canary.targets), share: traffic.canary.share } };
}
