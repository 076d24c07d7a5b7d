// Containers of a simulated world: as they are created, and what a passed gate says of them.
import type { ActionOf } from '../../model/action.ts';
import { LABEL } from '../../model/labels.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { UnitWorld } from '../../model/world.ts';
import { endpoint } from './networks.ts';
import { edit, remember } from './world.ts';

export function created(world: UnitWorld, action: ActionOf<'createContainer'>): ObservedContainer {
  const { labels } = action;
  const id = `sim-${action.name}-${world.host.containers.length}-${world.memory.size}`;
  return {
    ...blank(id, action.name),
    image: action.spec.image,
    networks: Object.fromEntries(
      action.endpoints.map(({ network: name, aliases }) => [
        name,
        endpoint(world, { id, network: name, aliases }),
      ]),
    ),
    ours: {
      controller: world.controller,
      unit: action.unit,
      workloadId: labels[LABEL.workloadId] ?? '',
      kind: labels[LABEL.workloadKind] ?? '',
      role: labels[LABEL.role] ?? '',
      replica: Number(labels[LABEL.replica] ?? '1'),
      specHash: labels[LABEL.specHash] ?? '',
      imageDigest: labels[LABEL.imageDigest] ?? '',
      release: labels[LABEL.release] ?? '',
    },
  };
}

export function blank(id: string, name: string): ObservedContainer {
  return {
    id,
    name,
    image: '',
    imageId: '',
    state: 'created',
    health: 'none',
    exitCode: null,
    upSeconds: null,
    createdAtMs: 1e12,
    ports: [],
    networks: {},
    ours: null,
    compose: null,
  };
}

export function healthy(world: UnitWorld, id: string): UnitWorld {
  const probes = new Map(world.probes).set(id, { ok: true, detail: '', atMs: world.nowMs });
  const health = (entry: ObservedContainer): ObservedContainer['health'] =>
    entry.health === 'none' ? 'none' : 'healthy';
  const well = (entry: ObservedContainer): ObservedContainer => ({
    ...entry,
    health: health(entry),
    // The gate passes only a one-shot that ended well.
    exitCode: entry.state === 'exited' ? 0 : entry.exitCode,
    state: entry.state === 'restarting' || entry.state === 'paused' ? 'running' : entry.state,
  });
  return remember(edit({ ...world, probes }, id, well), `healthy:${id}`);
}
