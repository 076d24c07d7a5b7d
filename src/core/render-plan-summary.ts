// The last line of a plan: what it adds up to, or that there is nothing to do.
import type { Plan } from '../model/plan.ts';
import type { Tally, UnitPlanView } from './render-plan-shape.ts';
import { duration } from './time-words.ts';
import { count, listed, shortRevision } from './words-names.ts';

const ORDER: readonly Tally[] = [
  'adopted',
  'renamed',
  'created',
  'changed',
  'swapped',
  'started',
  'stopped',
  'removed',
  'pulled',
  'built',
];

export function summaryOf(plan: Plan, units: readonly UnitPlanView[]): string {
  const changing = units.filter((unit) => unit.phases.length > 0);
  const standing = units.filter((unit) => unit.blocked !== null);
  const still = standStill(standing);
  if (changing.length === 0) return nothingToDo(plan, units, still);
  const totals = new Map<Tally, number>();
  for (const line of changing.flatMap((unit) => unit.phases.flatMap((phase) => phase.lines)))
    totals.set(line.tally, (totals.get(line.tally) ?? 0) + line.count);
  const counts = ORDER.flatMap((tally) => {
    const number = totals.get(tally) ?? 0;
    return number === 0 ? [] : [`${number} ${tally}`];
  });
  const head = `Plan: ${[count(changing.length, 'workload'), ...counts].join(', ')}`;
  return `${head}; ${downtimes(changing)}.${still}`;
}

function nothingToDo(plan: Plan, units: readonly UnitPlanView[], still: string): string {
  const blocked = units.filter((unit) => unit.blocked !== null).length;
  const fine = plan.units.length - blocked;
  const revisions = Object.values(plan.revisions).flatMap((revision) =>
    revision === null ? [] : shortRevision(revision),
  );
  const at = revisions.length === 0 ? '' : ` at ${listed(revisions)}`;
  if (plan.units.length === 0) return `Nothing to do: no workload is declared${at}.`;
  const are = fine === 1 ? 'is' : 'are';
  if (blocked > 0)
    return `${fine} of ${count(plan.units.length, 'workload')} ${are} as declared${at}.${still}`;
  return `Nothing to do: ${count(fine, 'workload')} ${are} as declared${at}.`;
}

function standStill(units: readonly UnitPlanView[]): string {
  const waits = units.filter((unit) => unit.blocked?.word === 'waits').map((unit) => unit.unit);
  const held = units.filter((unit) => unit.blocked?.word === 'held').map((unit) => unit.unit);
  return [
    waits.length === 0 ? '' : ` ${listed(waits)} ${waits.length === 1 ? 'waits' : 'wait'}.`,
    held.length === 0 ? '' : ` ${listed(held)} ${held.length === 1 ? 'is' : 'are'} held.`,
  ].join('');
}

function downtimes(units: readonly UnitPlanView[]): string {
  const down = units.filter((unit) => unit.downtimeMs !== null);
  if (down.length === 0) return 'no downtime expected';
  return listed(
    down.map((unit) => `about ${duration(unit.downtimeMs ?? 0)} of downtime at ${unit.unit}`),
    4,
  );
}
