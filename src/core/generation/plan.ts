// Blue-green and recreate for identical containers: free name → create → start → healthy → switch → drain → clean.
import type { Action } from '../../model/action.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { Cause, UnitHealth, UnitPlan } from '../../model/plan.ts';
import type { UnitWorld } from '../../model/world.ts';
import { removeSurplus } from '../route/steps.ts';
import { takeAlias } from './aliases.ts';
import { caughtName, type NetworkNames } from './caught-names.ts';
import { aloneOn } from './company.ts';
import { nameConflict, portConflict } from './conflicts.ts';
import { drain } from './farewell.ts';
import { leaveAlias } from './leave-alias.ts';
import { leaveNetwork } from './leave-network.ts';
import { prepare } from './prepare.ts';
import { rollOneByOne, servingOthers } from './rolling.ts';
import { routeCause, routeEdit, routeTrouble, switchTrouble, unserved } from './route-words.ts';
import { proveRoute, routeOf, sendShares, switchRoute } from './routing.ts';
import { byAge, isUp, type Slots, sortSlots } from './slots.ts';
import { act, clean, isToStart, prove, type Rollout, start, stop, stopped } from './steps.ts';
import { chooseStrategy, expectedDowntimeMs, type Strategy } from './strategy.ts';
import { aliasesOn, type Wanted } from './wanted.ts';

/** Plans one generation. What comes first is what must be true first; every prefix leaves a world whose plan is the rest. */
export function planGeneration(wanted: Wanted, world: UnitWorld): UnitPlan {
  const slots = sortSlots(wanted, world);
  const cause = causeOf(wanted, slots) ?? routeCause(wanted, world);
  const named = { ...wanted, cause: cause?.text ?? wanted.cause };
  const strategy = chooseStrategy(wanted);
  const oldUp = slots.others.some(isUp);
  const sideBySide = strategy.type !== 'recreate' && oldUp;
  const takesNames = slots.slots.some((slot) => isToStart(slot) || slot.unaliased.length > 0);
  const rollout: Rollout = {
    wanted: sideBySide && takesNames ? { ...named, alone: aloneOn(named, world) } : named,
    world,
    slots,
    sideBySide,
    quarantined: new Set(world.quarantine.map((entry) => entry.specHash)),
  };
  // Who gets requests by a route that cannot be changed now is not taken away, be it another version or a replica.
  const isLeaving = oldUp || slots.extras.some(isUp);
  const unswitchable = isLeaving && wanted.state === 'running' ? switchTrouble(wanted, world) : null;
  const actions = [
    ...(wanted.state === 'stopped' ? standStill(rollout) : []),
    ...(wanted.state === 'stopped' || unswitchable !== null ? [] : rollOut(rollout, strategy.type)),
    ...(wanted.state === 'stopped' || unswitchable !== null ? [] : leaveNetwork(rollout)),
    ...(world.proxy === null ? [] : removeSurplus(world.proxy).map((action) => act(named, 'clean', action))),
  ];
  const replaces = replacedBy(slots).length > 0;
  const inTheWay = actions.some(takesUpRoom) ? conflictOf(wanted, world) : null;
  const untold = routeTrouble(wanted, world);
  const problem = inTheWay ?? (actions.length === 0 ? untold : null);
  const blocked = unswitchable ?? (problem === null ? null : { problem, wait: false });
  return {
    unit: wanted.unit,
    kind: world.desired.kind,
    host: wanted.host,
    cause:
      actions.length === 0
        ? null
        : (cause ?? { type: 'create', text: `${wanted.release} is not proven yet` }),
    strategy: replaces && actions.some((action) => action.phase !== 'clean') ? strategy.type : null,
    downtime:
      strategy.type === 'recreate' && oldUp && wanted.state === 'running'
        ? { ms: expectedDowntimeMs(wanted), why: strategy.why ?? '' }
        : null,
    actions,
    blocked,
    notices: [blocked === null ? untold : null, routeEdit(wanted, world), unserved(wanted, world)].filter(
      (told) => told !== null,
    ),
    runs: runningRelease(wanted, slots),
    wants: wanted.release,
    generation: { specHash: wanted.specHash, digest: wanted.digest },
    health: healthOf(wanted, slots),
    onFailure: onFailure(wanted, slots, actions),
  };
}

function rollOut(rollout: Rollout, strategy: Strategy['type']): Action[] {
  const { wanted, slots } = rollout;
  const route = routeOf(wanted, rollout.world);
  if (strategy === 'rolling' && slots.slots.length > 0 && servingOthers(rollout, route).length > 0)
    return rollOneByOne(rollout, route);
  const left = leaveAlias(rollout, route);
  if (strategy !== 'recreate') {
    return [
      ...prepare(rollout),
      ...start(rollout, 'prove'),
      ...prove(rollout, 'prove'),
      ...proveRoute(rollout, route),
      ...takeAlias(rollout),
      ...left.actions,
      ...sendShares(left.rollout, left.route),
      ...switchRoute(left.rollout, left.route),
      ...drain(left.rollout, left.route),
      ...clean(left.rollout),
    ];
  }
  const inTheWay = slots.others.filter(isUp);
  const alone = { ...left.rollout, slots: { ...left.rollout.slots, others: slots.others.map(stopped) } };
  return [
    ...prepare(rollout),
    ...inTheWay.map((container) => stop(wanted, 'switch', container)),
    ...start(rollout, slots.others.length > 0 ? 'switch' : 'prove'),
    ...prove(rollout, slots.others.length > 0 ? 'switch' : 'prove'),
    ...takeAlias(rollout),
    ...left.actions,
    ...switchRoute(alone, left.route),
    ...drain(alone, left.route),
    ...clean(alone),
  ];
}

/** Other generations that have to give way; what stands by for a rollback is no news. */
function replacedBy({ others, settled }: Slots): ObservedContainer[] {
  return settled ? others.filter(isUp) : others;
}

/** `state: stopped` ends what runs and removes nothing: starting again is quick and loses no data. */
function standStill({ wanted, world }: Rollout): Action[] {
  return [...world.mine]
    .sort(byAge)
    .filter(isUp)
    .map((container) => stop(wanted, 'switch', container));
}

function takesUpRoom(action: Action): boolean {
  return action.type === 'createContainer' || action.type === 'startContainer';
}

function conflictOf(wanted: Wanted, world: UnitWorld): ReturnType<typeof nameConflict> {
  const mine = new Set(world.mine.map((container) => container.id));
  const names = Array.from(
    { length: wanted.replicas },
    (_, index) => `${wanted.baseName}-${wanted.specHash.slice(0, 6)}-${index + 1}`,
  );
  return (
    nameConflict(wanted.unit, names, world.host, mine) ??
    caughtName(
      wanted.spec.networks.map((network) => ({ network, names: namesOn(network, wanted) })),
      world,
      mine,
    ) ??
    portConflict(wanted.unit, wanted.spec.ports, world.host, mine)
  );
}

/** Beside the names of its generations, which are nobody else's. */
function namesOn(network: string, wanted: Wanted): NetworkNames['names'] {
  const { baseName, spec } = wanted;
  const isCalledSo = aliasesOn(network, wanted, 'taken').includes(baseName);
  return [
    ...(isCalledSo ? [{ name: baseName, from: 'unit' as const }] : []),
    ...(spec.hostname === null ? [] : [{ name: spec.hostname, from: 'given' as const }]),
  ];
}

/** Null where the containers are right: then it is the route, or the proof that is still missing. */
function causeOf(wanted: Wanted, slots: Slots): Cause | null {
  if (wanted.state === 'stopped') return { type: 'change', text: 'state: stopped' };
  const present = slots.slots.filter((slot) => slot.container !== null);
  const replaced = replacedBy(slots);
  if (replaced.length > 0) {
    const from = replaced.find(isUp)?.ours?.release ?? replaced[0]?.ours?.release ?? '?';
    const text = from === wanted.release ? 'its specification changed' : `${from} → ${wanted.release}`;
    return { type: 'change', text };
  }
  if (present.length === 0 && slots.broken.length === 0)
    return { type: 'create', text: `new: ${wanted.release}` };
  const stoppedOne = present.find(
    (slot) => slot.container && !isUp(slot.container) && slot.wellness !== 'ended',
  );
  if (stoppedOne?.container) {
    const code = stoppedOne.container.exitCode;
    return stoppedOne.container.state === 'created'
      ? { type: 'create', text: `${stoppedOne.name} was created and not started` }
      : { type: 'drift', text: `${stoppedOne.name} is stopped${code === null ? '' : ` (exit ${code})`}` };
  }
  if (present.length < wanted.replicas) {
    return {
      type: 'drift',
      text: `${wanted.replicas - present.length} of ${wanted.replicas} containers missing`,
    };
  }
  if (slots.extras.length > 0)
    return { type: 'change', text: `${slots.extras.length} more than ${wanted.replicas} replicas` };
  const renamed = present.find((slot) => slot.container?.name !== slot.name);
  if (renamed) return { type: 'drift', text: `${renamed.name} was renamed` };
  const cut = present.find((slot) => slot.unaliased.length > 0);
  if (cut) return { type: 'drift', text: `${cut.name} is not on network ${cut.unaliased.join(', ')}` };
  if (slots.failed.length > 0 && present.every((slot) => slot.wellness === 'healthy'))
    return { type: 'cleanup', text: 'a failed container is no longer needed' };
  return slots.others.some((container) => !slots.kept.has(container))
    ? { type: 'cleanup', text: 'an earlier version is kept no longer' }
    : null;
}

function runningRelease(wanted: Wanted, slots: Slots): string | null {
  const old = slots.others.find(isUp);
  const current = slots.slots.find((slot) => slot.container && isUp(slot.container));
  if (old && current?.wellness !== 'healthy') return old.ours?.release ?? null;
  return current?.container?.ours?.release ?? old?.ours?.release ?? (current ? wanted.release : null);
}

function healthOf(wanted: Wanted, slots: Slots): UnitHealth {
  const total = wanted.state === 'stopped' ? 0 : wanted.replicas;
  if (total === 0) return { status: 'none', ready: 0, total: 0, detail: null };
  const ready = slots.slots.filter((slot) => slot.wellness === 'healthy' || slot.wellness === 'ended').length;
  if (ready === total) return { status: 'healthy', ready, total, detail: null };
  const bad = slots.slots.find((slot) => slot.wellness === 'unhealthy');
  if (bad)
    return {
      status: 'unhealthy',
      ready,
      total,
      detail: `${bad.name} is ${bad.container?.state === 'running' ? 'unhealthy' : (bad.container?.state ?? 'missing')}`,
    };
  const known = slots.slots.some((slot) => slot.wellness === 'starting');
  return { status: known ? 'starting' : 'unknown', ready, total, detail: null };
}

function onFailure(wanted: Wanted, slots: Slots, actions: readonly Action[]): string | null {
  if (!actions.some((action) => action.type === 'awaitHealthy')) return null;
  const replaced = replacedBy(slots);
  const old = replaced.find(isUp) ?? replaced.find((container) => container.state === 'exited');
  if (!old) return null;
  return `stop the new, keep ${old.ours?.release ?? 'the old one'}, quarantine ${wanted.release}`;
}
