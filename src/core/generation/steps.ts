// The actions of a roll-out, phase by phase. Each list is empty when reality is already so.
import type { Action, Phase } from '../../model/action.ts';
import { LABEL } from '../../model/labels.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { UnitWorld } from '../../model/world.ts';
import { isUp, keptHashes, type Slot, type Slots } from './slots.ts';
import { aliasesOn, FAILED_SUFFIX, type Wanted } from './wanted.ts';

/** What the steps are made from. */
export interface Rollout {
  wanted: Wanted;
  world: UnitWorld;
  slots: Slots;
  /** Another generation serves while this one is proven: the new one stays without the alias until then. */
  sideBySide: boolean;
  /** Only in-flight clients of an old generation need a drain. */
  quarantined: ReadonlySet<string>;
}

type Bare<T> = T extends Action ? Omit<T, 'unit' | 'host' | 'phase' | 'cause'> : never;

export function act(
  wanted: Pick<Wanted, 'unit' | 'host' | 'cause'>,
  phase: Phase,
  action: Bare<Action>,
): Action {
  return { unit: wanted.unit, host: wanted.host, phase, cause: wanted.cause, ...action } as Action;
}

/** Old doubles out of the way, image, networks, volumes, then the containers themselves, not started. */
export function prepare({ wanted, world, slots, sideBySide }: Rollout): Action[] {
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
          aliases: aliasesOn(network, wanted, sideBySide ? 'before' : 'taken'),
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

function isToStart({ container, wellness }: Slot): boolean {
  return container === null || (!isUp(container) && wellness !== 'ended');
}

/** One that stood by stopped has the alias still: started with it, it would get requests before it is proven. */
function withhold({ wanted, slots, sideBySide }: Pick<Rollout, 'wanted' | 'slots' | 'sideBySide'>): Action[] {
  return slots.slots.flatMap((slot) =>
    carriesTooEarly(slot, { wanted, sideBySide }).map((network) =>
      act(wanted, 'prepare', {
        type: 'connectNetwork',
        container: slot.name,
        network,
        aliases: aliasesOn(network, wanted, 'before'),
      }),
    ),
  );
}

/** Networks on which a container that is yet to be started has the alias, while another generation serves. */
function carriesTooEarly(
  { container, unaliased, wellness }: Slot,
  { wanted, sideBySide }: Pick<Rollout, 'wanted' | 'sideBySide'>,
): string[] {
  if (!sideBySide || container === null || isUp(container) || wellness === 'ended') return [];
  if (wanted.spec.networkMode !== null) return [];
  return wanted.spec.networks.filter(
    (network) => !unaliased.includes(network) && isTakenLater(network, wanted),
  );
}

/**
 * Back on the networks that one fell off, as a kill in the middle of taking the alias leaves it, or that were removed
 * from under one that is down: nobody can be asked at the gate who has no address. Without the alias while another generation serves.
 */
function reconnect({
  wanted,
  slots,
  sideBySide,
}: Pick<Rollout, 'wanted' | 'slots' | 'sideBySide'>): Action[] {
  return slots.slots.flatMap((slot) =>
    slot.cutOff.map((network) =>
      act(wanted, 'prepare', {
        type: 'connectNetwork',
        container: slot.name,
        network,
        aliases: aliasesOn(network, wanted, sideBySide ? 'before' : 'taken'),
      }),
    ),
  );
}

/** Files first, then the start: a container that was never started may lack what a crash kept from it. */
export function start({ wanted, world, slots }: Rollout, phase: Phase): Action[] {
  const actions: Action[] = [];
  for (const slot of slots.slots) {
    if (!isToStart(slot)) continue;
    const state = slot.container?.state ?? 'created';
    const filled = slot.container !== null && world.memory.has(`archive:${slot.container.id}`);
    if (state === 'created' && !filled && (wanted.spec.files.length > 0 || wanted.spec.trees.length > 0)) {
      const { files, trees } = wanted.spec;
      actions.push(act(wanted, phase, { type: 'putArchive', container: slot.name, spec: { files, trees } }));
    }
    actions.push(act(wanted, phase, { type: 'startContainer', container: slot.name }));
  }
  return actions;
}

/** The gate. A generation that proved itself before and is now ill is not asked again while it is all there is. */
export function prove({ wanted, world, slots, sideBySide }: Rollout, phase: Phase): Action[] {
  // Started is good enough where nothing is to be checked, but going round in circles is not.
  const unchecked = wanted.spec.health.type === 'none';
  const steady =
    slots.others.every((other) => slots.kept.has(other) && !(sideBySide && isUp(other))) &&
    world.proven.has(wanted.specHash);
  return slots.slots
    .filter((slot) => (unchecked ? slot.container?.state === 'restarting' : needsGate(slot, steady)))
    .map((slot) =>
      act(wanted, phase, {
        type: 'awaitHealthy',
        container: slot.name,
        check: wanted.spec.health,
        version: wanted.release,
      }),
    );
}

function needsGate(slot: Slot, steady: boolean): boolean {
  if (slot.container === null) return true;
  if (slot.wellness === 'healthy' || slot.wellness === 'ended') return false;
  const stopped = slot.container.state === 'exited' || slot.container.state === 'created';
  return stopped || slot.wellness !== 'unhealthy' || !steady;
}

/** Traffic: the alias moves onto the proven containers. */
export function takeAlias({ wanted, slots, sideBySide }: Rollout): Action[] {
  return slots.slots.flatMap((slot) => {
    // Back on a network with all the names that it needs there: only the unit's own is taken later.
    const gotBack = slot.cutOff.filter((network) => !sideBySide || !isTakenLater(network, wanted));
    const due =
      slot.container === null
        ? sideBySide
          ? wanted.spec.networks.filter((network) => isTakenLater(network, wanted))
          : []
        : [
            ...slot.unaliased.filter((network) => !gotBack.includes(network)),
            ...carriesTooEarly(slot, { wanted, sideBySide }),
          ];
    // In the order of the spec, so that the plan half-way through is the rest of this one.
    const networks = wanted.spec.networks.filter((network) => due.includes(network));
    return networks.map((network) =>
      act(wanted, 'switch', {
        type: 'connectNetwork',
        container: slot.name,
        network,
        aliases: aliasesOn(network, wanted, 'taken'),
      }),
    );
  });
}

function isTakenLater(network: string, wanted: Wanted): boolean {
  return aliasesOn(network, wanted, 'taken').length > aliasesOn(network, wanted, 'before').length;
}

/** As it is once it was stopped. */
export function stopped(container: ObservedContainer): ObservedContainer {
  return isUp(container) ? { ...container, state: 'exited' } : container;
}

/**
 * Everything that is not wanted any more. A quarantined generation is stopped and kept for its logs, an earlier one that
 * was good is stopped and stands by for a rollback.
 */
export function clean({ wanted, world, slots, quarantined }: Rollout): Action[] {
  const actions: Action[] = [];
  const standby = keptHashes(wanted, world);
  const inTheWay = new Set(slots.failed.map((container) => container.name));
  for (const container of slots.failed) {
    if (quarantined.has(container.ours?.specHash ?? '')) continue;
    actions.push(act(wanted, 'clean', { type: 'removeContainer', container: container.id }));
    inTheWay.delete(container.name);
  }
  for (const container of [...slots.extras, ...slots.others]) {
    if (isUp(container)) actions.push(stop(wanted, 'clean', container));
    const hash = container.ours?.specHash ?? '';
    const isWhole = container.state !== 'created' && container.state !== 'dead';
    if (isWhole && standby.has(hash) && !quarantined.has(hash)) continue;
    const name = container.name + FAILED_SUFFIX;
    const keep =
      quarantined.has(container.ours?.specHash ?? '') && container.state !== 'created' && !inTheWay.has(name);
    actions.push(
      keep
        ? act(wanted, 'clean', { type: 'renameContainer', container: container.id, name })
        : act(wanted, 'clean', { type: 'removeContainer', container: container.id }),
    );
  }
  return actions;
}

export function stop(
  wanted: Pick<Wanted, 'unit' | 'host' | 'cause'> & { spec: { stopGraceMs: number } },
  phase: Phase,
  container: ObservedContainer,
): Action {
  return act(wanted, phase, {
    type: 'stopContainer',
    container: container.id,
    graceMs: wanted.spec.stopGraceMs,
  });
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
    ...(wanted.digest === '' ? {} : { [LABEL.imageDigest]: wanted.digest }),
  };
}
