// What is written down under a former name is written down under the new one: holds, kept versions, history. Idempotent, file by file.

import { unitNow } from '../../core/former-names.ts';
import { type HeirOf, sharesName } from '../../core/heirs.ts';
import { parseUnit, workloadId } from '../../core/naming.ts';
import type { Desired } from '../../model/desired.ts';
import type { Renaming } from '../../model/rename.ts';
import type { Control, LastApplied } from '../../ports/control.ts';
import type { Store } from '../../ports/store.ts';

export interface Move {
  from: string;
  to: string;
  workload: { id: string; kind: Renaming['kind']; name: string; before: string };
}

/** Units of which anything is known under the former name, with what they are called now. */
export function movesOf(
  control: Control,
  { renamings, units }: { renamings: readonly Renaming[]; units: readonly Desired[] },
): Move[] {
  if (renamings.length === 0) return [];
  const known = new Set([
    ...control.allLastApplied().map(({ unit }) => unit),
    ...control.suspensions().map(({ unit }) => unit),
    ...control.ejections().map(({ unit }) => unit),
    ...control.quarantined().map(({ unit }) => unit),
    ...control.allRevisions().map(({ unit }) => unit),
  ]);
  return renamings.flatMap(({ kind, from, to }) => {
    const workload = {
      id: workloadId({ kind, name: to }),
      kind,
      name: to,
      before: workloadId({ kind, name: from }),
    };
    const own = units.filter(({ name }) => name === to).map(({ unit }) => unitNow(unit, from));
    const former = [...known].filter((unit) => parseUnit(unit)?.name === from);
    return [...new Set([...own, ...former])].map((unit) => ({ from: unit, to: unitNow(unit, to), workload }));
  });
}

/** Records of units that others of their workload go on with. Who is found by the same name comes last: it is what to fall back on. */
export function movesToHeirs(
  control: Control,
  { heirOf, units }: { heirOf: HeirOf; units: readonly Desired[] },
): Move[] {
  const found = control.allLastApplied().flatMap(({ unit, desired }) => {
    const heir = units.find((one) => one.unit === heirOf(unit));
    return heir === undefined ? [] : [{ unit, desired, heir, isMain: sharesName(desired, heir) }];
  });
  return found
    .sort((a, b) => Number(a.isMain) - Number(b.isMain) || (a.unit < b.unit ? -1 : 1))
    .map(({ unit: from, desired: { workloadId: id, kind, name }, heir: { unit: to } }) => ({
      from,
      to,
      // Of the kind that it was: that it is of another by now is written down as ever.
      workload: { id, kind, name, before: id },
    }));
}

/** True where anything was there to move. A kill leaves some of it under both names, and the next pass goes on. */
export function moveRecords({ control, store }: { control: Control; store: Store }, move: Move): boolean {
  const isInControl = moveControl(control, move);
  const { from, to, workload } = move;
  if (!isInControl && store.status(from) === null && store.deploys(from, { limit: 1 }).length === 0)
    return false;
  store.renameUnit({ from, to, workload });
  return true;
}

function moveControl(control: Control, move: Move): boolean {
  const { from, to } = move;
  const suspension = control.suspension(from);
  const ejection = control.ejection(from);
  const hold = control.hold(from);
  const quarantine = control.quarantine(from);
  const applied = control.lastApplied(from);
  const revisions = control.allRevisions().filter(({ unit }) => unit === from);
  // First what keeps anything from being done.
  if (suspension !== null) control.suspend({ ...suspension, unit: to });
  if (ejection !== null) control.eject({ ...ejection, unit: to });
  if (hold !== null) control.setHold({ ...hold, unit: to, desired: desiredNow(hold.desired, move) });
  for (const entry of quarantine) control.addQuarantine({ ...entry, unit: to });
  moveRevisions(control, move);
  if (applied !== null) control.saveLastApplied(appliedNow(applied, move));
  if (suspension !== null) control.resume(from);
  if (ejection !== null) control.takeBack(from);
  if (hold !== null || quarantine.length > 0 || applied !== null) control.forget(from);
  return (
    [suspension, ejection, hold, applied].some((entry) => entry !== null) ||
    quarantine.length + revisions.length > 0
  );
}

/** Their numbers go on after those that the new name had in an earlier life. */
function moveRevisions(control: Control, move: Move): void {
  const of = (unit: string) =>
    control
      .allRevisions()
      .filter((entry) => entry.unit === unit)
      .sort((a, b) => a.number - b.number);
  for (const { number } of of(move.from)) {
    const entry = control.revision(move.from, number);
    if (entry !== null) {
      const there = of(move.to);
      const isMoved = there.some(
        ({ specHash, digest, atMs }) =>
          specHash === entry.specHash && digest === entry.digest && atMs === entry.atMs,
      );
      const last = Math.max(0, ...there.map((one) => one.number));
      const isFree = there.every((one) => one.number !== number) && number > last;
      const now = { ...entry, unit: move.to, desired: desiredNow(entry.desired, move) };
      if (!isMoved) control.saveRevision({ ...now, number: isFree ? number : last + 1 });
    }
    control.dropRevision(move.from, number);
  }
}

/** As it was applied, so under the name that it had: its containers go on being called by that. Only whose it is is new. */
export function desiredNow(desired: Desired, { to, workload }: Pick<Move, 'to' | 'workload'>): Desired {
  return { ...desired, unit: to, workloadId: workload.id };
}

export function appliedNow(entry: LastApplied, move: Pick<Move, 'to' | 'workload'>): LastApplied {
  return { ...entry, unit: move.to, desired: desiredNow(entry.desired, move) };
}
