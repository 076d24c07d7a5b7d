// Networks of a simulated world, and what joins and leaves them.
import type { ActionOf } from '../../model/action.ts';
import { LABEL } from '../../model/labels.ts';
import type { ObservedEndpoint, ObservedNetwork } from '../../model/observed.ts';
import type { UnitWorld } from '../../model/world.ts';
import { edit } from './world.ts';

export function network(action: ActionOf<'ensureNetwork'>): ObservedNetwork {
  return { ...simulated(action.network), ...owner(action.labels) };
}

export function connect(world: UnitWorld, action: ActionOf<'connectNetwork'>): UnitWorld {
  const { container, network: name, aliases } = action;
  const made = endpoint(world, { id: container, network: `${name}-again`, aliases });
  const there = { ...made, networkId: networkId(world, name) };
  return edit(world, container, (entry) => ({ ...entry, networks: { ...entry.networks, [name]: there } }));
}

export function disconnect(world: UnitWorld, action: ActionOf<'disconnectNetwork'>): UnitWorld {
  return edit(world, action.container, (entry) => {
    const { [action.network]: _gone, ...networks } = entry.networks;
    return { ...entry, networks };
  });
}

export function endpoint(
  world: UnitWorld,
  { id, network: name, aliases }: { id: string; network: string; aliases: readonly string[] },
): ObservedEndpoint {
  return { endpointId: `${id}-${name}`, networkId: networkId(world, name), ip: '', aliases };
}

export function simulated(name: string): ObservedNetwork {
  return { id: `sim-${name}`, name, controller: null, workloadId: null, composeProject: null, gateway: null };
}

export function owner(labels: Readonly<Record<string, string>>): {
  controller: string | null;
  workloadId: string | null;
} {
  return { controller: labels[LABEL.controller] ?? null, workloadId: labels[LABEL.workloadId] ?? null };
}

function networkId(world: UnitWorld, name: string): string {
  return world.host.networks.find((entry) => entry.name === name)?.id ?? simulated(name).id;
}
