// Which units need a person, and in which order lists show them.
import type { Outcome } from '../model/outcome.ts';
import type { UnitStatus } from '../model/status.ts';
import { OUTCOMES } from './words.ts';

/** Reasons of a hold that a person set on purpose: it is shown, but it is nobody's homework. */
const SET_BY_A_PERSON: ReadonlySet<string> = new Set(['RollbackHold', 'HeldByPerson']);

/** True where a person has to act on this unit. */
export function needsYou(unit: Pick<UnitStatus, 'outcome' | 'reason'>): boolean {
  return OUTCOMES[unit.outcome].needsYou && !(unit.outcome === 'held' && SET_BY_A_PERSON.has(unit.reason));
}

/** By rank, then name, never by time: rows that jump cannot be read. Gives a new array. */
export function sortUnits<U extends Pick<UnitStatus, 'outcome' | 'unit'>>(units: readonly U[]): U[] {
  return [...units].sort(
    (a, b) => OUTCOMES[a.outcome].rank - OUTCOMES[b.outcome].rank || compare(a.unit, b.unit),
  );
}

/** How many units have each outcome, in order of rank, without the zeroes. */
export function countOutcomes(
  units: readonly Pick<UnitStatus, 'outcome'>[],
): { outcome: Outcome; count: number }[] {
  const counts = new Map<Outcome, number>();
  for (const { outcome } of units) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts]
    .map(([outcome, count]) => ({ outcome, count }))
    .sort((a, b) => OUTCOMES[a.outcome].rank - OUTCOMES[b.outcome].rank);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
