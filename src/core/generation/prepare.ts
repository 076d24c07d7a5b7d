// Before anything is started: what is in the way goes, what is missing is brought and made, and nobody notices.
import type { Action } from '../../model/action.ts';
import { LABEL } from '../../model/labels.ts';
import type { UnitWorld } from '../../model/world.ts';
import { namesAtStart, reconnect, withhold } from './aliases.ts';
import type { Slot } from './slots.ts';
import { act, isToStart, type Rollout } from './steps.ts';
import type { Wanted } from './wanted.ts';

/** Old doubles out of the way, image, networks, volumes, then the containers themselves, not started. */
export function prepare(rollout: Rollout): Action[] {
  const { wanted, world, slots, sideBySide } = rollout;
  const actions: Action[] = [];
  for (const container of slots.broken)
    actions.push(act(wanted, 'prepare', { type: 'removeContainer', container: container.id }));
  for (const slot of slots.slots) {
    if (slot.container && slot.container.name !== slot.name) {
      actions.push(
        act(wanted, 'prepare', { type: 'renameContainer', container: slot.container.id, name: slot.name }),
      );
    }
  }
  const missing = slots.slots.filter((slot) => slot.container === null);
  if (missing.length > 0 && wanted.image?.local === null) {
    actions.push(act(wanted, 'prepare', { type: 'pullImage', image: wanted.spec.image }));
  }
  if (slots.slots.some((slot) => slot.unaliased.length > 0 || isToStart(slot))) {
    actions.push(...networks(wanted, world));
  }
  if (missing.length > 0) actions.push(...volumes(wanted, world));
  for (const slot of missing) {
    actions.push(
      act(wanted, 'prepare', {
        type: 'createContainer',
        name: slot.name,
        spec: wanted.spec,
        labels: labels(wanted, slot),
        endpoints: wanted.spec.networks.map((network) => ({
          network,
          aliases: namesAtStart(network, rollout),
        })),
        publishForProbe: wanted.publishForProbe,
      }),
    );
  }
  return [
    ...actions,
    ...letGo({ wanted, slots }),
    ...reconnect({ wanted, slots, sideBySide }),
    ...withhold({ wanted, slots, sideBySide }),
  ];
}

/** It is bound to a network of somebody else's that is gone, so the engine would not start it. */
function letGo({ wanted, slots }: Pick<Rollout, 'wanted' | 'slots'>): Action[] {
  return slots.slots.flatMap((slot) =>
    slot.stale.map((network) =>
      act(wanted, 'prepare', { type: 'disconnectNetwork', container: slot.name, network }),
    ),
  );
}

function networks(wanted: Wanted, world: UnitWorld): Action[] {
  if (wanted.spec.networkMode !== null) return [];
  const existing = new Set(world.host.networks.map((network) => network.name));
  return wanted.spec.networks
    .filter((network) => !existing.has(network))
    .map((network) => act(wanted, 'prepare', { type: 'ensureNetwork', network, labels: ownership(wanted) }));
}

function volumes(wanted: Wanted, world: UnitWorld): Action[] {
  const existing = new Set(world.host.volumes.map((volume) => volume.name));
  const named = wanted.spec.mounts.filter((mount) => mount.type === 'volume' && mount.source !== '');
  return [...new Set(named.map((mount) => mount.source))]
    .filter((volume) => !existing.has(volume))
    .map((volume) => act(wanted, 'prepare', { type: 'ensureVolume', volume, labels: ownership(wanted) }));
}

function ownership(wanted: Wanted): Record<string, string> {
  return {
    [LABEL.managed]: 'true',
    [LABEL.controller]: wanted.controller,
    [LABEL.workloadId]: wanted.workloadId,
  };
}

function labels(wanted: Wanted, slot: Slot): Record<string, string> {
  return {
    ...wanted.spec.labels,
    ...ownership(wanted),
    [LABEL.unit]: wanted.unit,
    [LABEL.workloadKind]: wanted.kind,
    [LABEL.role]: wanted.role,
    [LABEL.replica]: String(slot.replica),
    [LABEL.specHash]: wanted.specHash,
    [LABEL.release]: wanted.release,
    ...(wanted.renamedFrom === null ? {} : { [LABEL.renamedFrom]: wanted.renamedFrom }),
    ...(wanted.digest === '' ? {} : { [LABEL.imageDigest]: wanted.digest }),
  };
}
