// The control files as they will be once what is renamed has moved: for a look that changes nothing.
import type { Control } from '../../ports/control.ts';
import { appliedNow, desiredNow, type Move } from './move-records.ts';

/** Reads alone; whoever looks writes nothing. */
export function controlAsMoved(control: Control, moves: readonly Move[]): Control {
  if (moves.length === 0) return control;
  const byTarget = new Map(moves.map((move) => [move.to, move]));
  const bySource = new Map(moves.map((move) => [move.from, move]));
  const renamed = <T extends { unit: string }>(entry: T): T => {
    const move = bySource.get(entry.unit);
    return move === undefined ? entry : { ...entry, unit: move.to };
  };
  const both = <T extends { unit: string }>(list: (unit: string) => readonly T[], unit: string): T[] => {
    const move = byTarget.get(unit);
    return [...(move === undefined ? [] : list(move.from)), ...list(unit)].map(renamed);
  };
  return {
    ...control,
    quarantine: (unit) => both(control.quarantine, unit),
    quarantined: () => control.quarantined().map(renamed),
    suspension: (unit) => control.suspension(unit) ?? control.suspension(byTarget.get(unit)?.from ?? unit),
    ejection: (unit) => control.ejection(unit) ?? control.ejection(byTarget.get(unit)?.from ?? unit),
    ejections: () => control.ejections().map(renamed),
    suspensions: () => control.suspensions().map(renamed),
    lastApplied(unit) {
      const move = byTarget.get(unit);
      const before = move === undefined ? null : control.lastApplied(move.from);
      return move !== undefined && before !== null ? appliedNow(before, move) : control.lastApplied(unit);
    },
    allLastApplied: () =>
      control.allLastApplied().map((entry) => {
        const move = bySource.get(entry.unit);
        return move === undefined ? entry : appliedNow(entry, move);
      }),
    revisions: (unit) => both(control.revisions, unit),
    allRevisions: () => control.allRevisions().map(renamed),
    hold(unit) {
      const move = byTarget.get(unit);
      const before = move === undefined ? null : control.hold(move.from);
      return move !== undefined && before !== null
        ? { ...before, unit, desired: desiredNow(before.desired, move) }
        : control.hold(unit);
    },
  };
}
