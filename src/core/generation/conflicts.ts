// What stands in the way and is not ours: found before anything is stopped (law 1, law 5).

import type { PortBinding } from '../../model/container-spec.ts';
import type { ObservedContainer, ObservedHost } from '../../model/observed.ts';
import type { Problem } from '../../model/problem.ts';
import { problem } from '../problem.ts';

type PortClaim = Pick<PortBinding, 'published' | 'hostIp'> & { protocol: string };

/** A stranger's container that has the name we need. */
export function nameConflict(
  unit: string,
  names: readonly string[],
  host: ObservedHost,
  mine: ReadonlySet<string>,
): Problem | null {
  const wanted = new Set(names);
  const taken = host.containers.find((container) => wanted.has(container.name) && !mine.has(container.id));
  if (!taken) return null;
  return problem({
    ...common(unit),
    reason: 'NameTaken',
    message: `${unit} cannot create ${taken.name}: a container of that name is already there and is not ours`,
    hint: `Rename or remove the container ${taken.name}, or give the workload another name.`,
  });
}

/** A running container outside the unit that holds a host port which the unit publishes. */
export function portConflict(
  unit: string,
  ports: readonly PortClaim[],
  host: ObservedHost,
  mine: ReadonlySet<string>,
): Problem | null {
  for (const port of ports) {
    if (port.published === null) continue;
    const holder = host.containers.find((container) => !mine.has(container.id) && holds(container, port));
    if (!holder) continue;
    return problem({
      ...common(unit),
      reason: 'PortTaken',
      message: `${unit} cannot start: port ${port.published} on the host belongs to container ${holder.name}, which is not part of it`,
      hint: `Stop ${holder.name}, or change \`ports\`.`,
    });
  }
  return null;
}

function holds(container: ObservedContainer, port: PortClaim): boolean {
  if (container.state !== 'running' && container.state !== 'restarting' && container.state !== 'paused')
    return false;
  return container.ports.some(
    (held) =>
      held.published === port.published &&
      held.protocol === port.protocol &&
      overlaps(held.hostIp, port.hostIp),
  );
}

function overlaps(a: string, b: string): boolean {
  const any = (ip: string): boolean => ip === '' || ip === '0.0.0.0' || ip === '::';
  return any(a) || any(b) || a === b;
}

function common(unit: string): Partial<Problem> {
  return { workload: unit, effect: 'Nothing was stopped.', next: 'Looked at again in each pass.' };
}
