// The actions of a roll-out, phase by phase. Each list is empty when reality is already so.
import type { Action, Phase } from '../../model/action.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { UnitWorld } from '../../model/world.ts';
import { isUp, keptHashes, type Slot, type Slots } from './slots.ts';
import { FAILED_SUFFIX, type Wanted } from './wanted.ts';

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

export function isToStart({ container, wellness }: Slot): boolean {
  return container === null || (!isUp(container) && wellness !== 'ended');
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
