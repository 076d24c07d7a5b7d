// Whoever of a stack goes: stopped first where both cannot be there at once, else when what comes has their requests.
import { isUp } from '../../core/generation/slots.ts';
import type { Action } from '../../model/action.ts';
import type { StackModel } from '../../model/resolved.ts';
import { stop } from './act.ts';
import type { Context } from './context.ts';
import { farewell } from './farewell.ts';
import type { Former } from './former.ts';
import { namesTaken } from './names.ts';
import type { Survey } from './survey.ts';
import { heirsOf } from './switch-plan.ts';

/**
 * A service that is renamed looks like one that goes and one that comes: two of them on one volume, or one that cannot
 * have its port, must not be. So what goes is stopped first, and kept, for it is started again where the new one fails.
 */
export function makeRoom({ found, model, act }: Context, { staying, inTheWay }: Former): Action[] {
  const names = namesNeeded(found, model);
  const leaving = found.wrong.length === 0 ? inTheWay : found.surplus;
  return leaving.flatMap((container) => [
    ...(isUp(container) && !staying.includes(container)
      ? [stop(act, 'switch', { container, services: found.services })]
      : []),
    ...(names.has(container.name)
      ? [act('switch', { type: 'removeContainer', container: container.id })]
      : []),
  ]);
}

/** Whoever was sent to what the kind before made gets the time of the first service that is routed instead. */
export function leaveTaking(context: Context, { staying }: Former): Action[] {
  if (staying.length === 0) return [];
  const [heir] = context.found.views.flatMap((view) => heirsOf(context, view) ?? []);
  return heir === undefined ? [] : farewell(context, { ...heir, olds: staying });
}

export function cleanUp({ found, model, act }: Context, { staying, inTheWay }: Former): Action[] {
  const names = namesNeeded(found, model);
  return found.surplus
    .filter((container) => !names.has(container.name))
    .flatMap((container) => [
      ...(isUp(container) &&
      !inTheWay.includes(container) &&
      (found.wrong.length === 0 || staying.includes(container))
        ? [stop(act, 'clean', { container, services: found.services })]
        : []),
      act('clean', { type: 'removeContainer', container: container.id }),
    ]);
}

function namesNeeded({ wrong }: Survey, model: StackModel): ReadonlySet<string> {
  return new Set(wrong.flatMap((view) => namesTaken(view, model.project)));
}
