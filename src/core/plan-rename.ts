// What a new name adds to the plan of a unit, whatever its kind: the name is taken, its routes go along, and then it is planned as ever.
import type { Action } from '../model/action.ts';
import type { Cause, UnitPlan } from '../model/plan.ts';
import type { UnitWorld } from '../model/world.ts';
import { simulate } from './simulate.ts';

/**
 * The route is made the new name's own with its traffic as it is, before anything else: from then on it is a route like
 * any other, through which the new version is proven and to which it is switched.
 */
export function planRename(world: UnitWorld, plan: (world: UnitWorld) => UnitPlan): UnitPlan {
  const { renaming = null } = world;
  const added = [...nameTaken(world), ...routesTaken(world)];
  const made = plan(added.reduce(simulate, world));
  if (made.blocked !== null || world.desired.held !== null) return plan(world);
  const actions = [...added, ...made.actions];
  const from = renaming?.from ?? formerOf(world);
  if (from === null || actions.length === 0)
    return { ...made, actions, cause: made.cause ?? movedAlong(added) };
  const cause = renamed(made.cause, from);
  return {
    ...made,
    actions: actions.map((action) => ({ ...action, cause: cause.text })),
    cause,
  };
}

/** A route may carry the former name for longer than the containers do: its proxy was away. */
function formerOf({ proxy, desired }: UnitWorld): string | null {
  const names = (proxy?.routes ?? []).flatMap(({ writtenAs }) => writtenAs?.split(/[/:]/)[0] ?? []);
  return names.find((name) => name !== desired.name) ?? null;
}

/** Another part of it has the name from now on: nothing else of it may have changed. */
function movedAlong([first]: readonly Action[]): Cause | null {
  return first === undefined ? null : { type: 'change', text: first.cause };
}

function renamed(cause: Cause | null, from: string): Cause {
  const text = `renamed from ${from}`;
  if (cause === null) return { type: 'rename', text };
  const isOnlyThat = cause.text === 'its specification changed';
  return { type: cause.type, text: isOnlyThat ? text : `${text}; ${cause.text}` };
}

function nameTaken({ renaming = null, desired }: UnitWorld): Action[] {
  if (renaming === null || renaming.isRecorded) return [];
  const { unit, host } = desired;
  const { from } = renaming;
  return [{ unit, host, phase: 'prepare', cause: `renamed from ${from}`, type: 'takeName', from }];
}

/** What nobody can be told of (its traffic cannot be read, or the proxy does not take it) is left to the roll-out. */
function routesTaken({ proxy, desired }: UnitWorld): Action[] {
  if (proxy === null || proxy.away !== null) return [];
  const { unit, host } = desired;
  return proxy.routes.flatMap(({ wish, id, traffic, refused, writtenAs }): Action[] => {
    const isReadable = traffic !== null || wish.target.type !== 'forward';
    if (writtenAs === undefined || id === null || refused !== null || !isReadable) return [];
    const cause = 'its route goes along';
    return [
      { unit, host, phase: 'prepare', cause, type: 'putRoute', key: wish.key, wish, traffic, adopt: id },
    ];
  });
}
