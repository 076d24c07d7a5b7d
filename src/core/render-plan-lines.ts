// Folds the actions of one unit into the lines that people read; each action is in exactly one line.
import type { Action } from '../model/action.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { Group, PlanLine } from './render-plan-shape.ts';
import { lineOf } from './render-plan-words.ts';

export function foldedLines(plan: UnitPlan): PlanLine[] {
  return swapped(groups(plan)).map((group) => lineOf(group, plan));
}

/** One line for each action, as `-v` shows them. */
export function singleLines(plan: UnitPlan): PlanLine[] {
  return plan.actions.map((action, index) =>
    lineOf({ role: 'each', phase: action.phase, members: [{ action, index }] }, plan),
  );
}

/** Neighbours of one phase that do the same sort of thing; the start of what was just created counts to the creation. */
function groups(plan: UnitPlan): Group[] {
  const made = new Set(
    plan.actions.flatMap((action) => (action.type === 'createContainer' ? action.name : [])),
  );
  const found: Group[] = [];
  plan.actions.forEach((action, index) => {
    const creation = found.find((group) => group.role === 'createContainer');
    const member = { action, index };
    const role = roleOf(action);
    const last = found.at(-1);
    if (creation !== undefined && belongsToCreation(action, made)) creation.members.push(member);
    else if (
      last !== undefined &&
      last.role === role &&
      last.phase === action.phase &&
      folds(role, last, action)
    )
      last.members.push(member);
    else found.push({ role, phase: action.phase, members: [member] });
  });
  return found;
}

/** In the switch phase the start is part of a swap, and there it must be seen. */
function belongsToCreation(action: Action, made: ReadonlySet<string>): boolean {
  if (action.type === 'startContainer') return action.phase !== 'switch' && made.has(action.container);
  return action.type === 'putArchive' && made.has(action.container);
}

/** Stopping something on its way out, and putting files in before the start, are parts of the removal and the start. */
function roleOf(action: Action): string {
  if (action.type === 'stopContainer' && action.phase === 'clean') return 'removeContainer';
  if (action.type === 'putArchive') return 'startContainer';
  return action.type;
}

function folds(role: string, group: Group, action: Action): boolean {
  if (role !== 'awaitHealthy') return role !== 'composeUp' && role !== 'quarantine' && role !== 'drain';
  const first = group.members[0]?.action;
  return (
    first?.type === 'awaitHealthy' &&
    action.type === 'awaitHealthy' &&
    JSON.stringify(first.check) === JSON.stringify(action.check)
  );
}

/** Stop the old, start the new, see it healthy: one swap. */
function swapped(found: Group[]): Group[] {
  const result: Group[] = [];
  for (const group of found) {
    const last = result.at(-1);
    const joins =
      last !== undefined &&
      last.phase === 'switch' &&
      group.phase === 'switch' &&
      ((last.role === 'stopContainer' && group.role === 'startContainer') ||
        (last.role === 'swap' && group.role === 'awaitHealthy'));
    if (joins) {
      last.role = 'swap';
      last.members.push(...group.members);
    } else result.push(group);
  }
  return result;
}
