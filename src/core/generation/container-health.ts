// Whether one observed container is well, by the check its spec asks for. Pure: all looking was done before.
import type { HealthCheck } from '../../model/container-spec.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { UnitWorld } from '../../model/world.ts';

export type Wellness = 'healthy' | 'starting' | 'unhealthy' | 'unknown' | 'ended';

type Known = Pick<UnitWorld, 'memory' | 'probes'>;

/** `ended` is a container that did its work and exited with 0, where its restart policy allows an end. */
export function wellness(
  container: ObservedContainer,
  check: HealthCheck,
  restart: string,
  known: Known,
): Wellness {
  if (container.state === 'exited') {
    return container.exitCode === 0 && (restart === 'no' || restart === 'on-failure') ? 'ended' : 'unhealthy';
  }
  if (container.state === 'restarting') return 'unhealthy';
  if (container.state !== 'running') return container.state === 'created' ? 'starting' : 'unhealthy';
  const seen = look(container, check, known);
  // A gate that was passed stands for what a coarse list cannot tell yet, but never hides an illness.
  return seen !== 'unhealthy' && known.memory.has(`healthy:${container.id}`) ? 'healthy' : seen;
}

function look(container: ObservedContainer, check: HealthCheck, known: Known): Wellness {
  switch (check.type) {
    case 'none':
      return 'healthy';
    case 'command':
      return container.health === 'none' ? 'unknown' : container.health;
    case 'image':
      if (container.health !== 'none') return container.health;
      return (container.upSeconds ?? 0) * 1000 >= check.settleMs ? 'healthy' : 'starting';
    case 'http':
    case 'tcp': {
      const verdict = known.probes.get(container.id);
      if (verdict === undefined) return 'unknown';
      return verdict.ok ? 'healthy' : 'unhealthy';
    }
  }
}
