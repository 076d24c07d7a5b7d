// At the beginning of a pass: who was called what, and what is written down under former names moves to the new ones.
import { unitNow } from '../../core/former-names.ts';
import { type HeirOf, heirRule } from '../../core/heirs.ts';
import { parseUnit } from '../../core/naming.ts';
import { givenAway, liveRenamings, withFormerName } from '../../core/renames.ts';
import type { Desired } from '../../model/desired.ts';
import type { Renaming } from '../../model/rename.ts';
import type { Control } from '../../ports/control.ts';
import type { EngineDeps } from '../deps.ts';
import type { Wish } from '../read-sources.ts';
import { createRecordCache } from '../record.ts';
import type { LoopState } from '../state.ts';
import { controlAsMoved } from './as-moved.ts';
import { moveRecords, movesOf, movesToHeirs } from './move-records.ts';

type State = Pick<LoopState, 'names' | 'memory' | 'works' | 'records'>;

/** Call it before anything is looked at. A look that writes nothing gets the control files as they will be. */
export function settleNames(
  deps: EngineDeps,
  state: State,
  { wish, write, atWork }: { wish: Wish; write: 'records' | 'nothing'; atWork: ReadonlySet<string> },
): EngineDeps {
  const { control } = deps;
  const present = new Set(wish.units.map(({ name }) => name));
  // What is at work under its old name ends first: its diary is written by that name.
  const working = new Set([...atWork].map((unit) => parseUnit(unit)?.name));
  const renamings = wish.renamings.filter(({ from }) => !working.has(from));
  const rule = heirRule(wish.units, control.allLastApplied());
  const heirOf: HeirOf = (unit) => (atWork.has(unit) ? null : rule(unit));
  const moves = [
    ...movesOf(control, { renamings, units: wish.units }),
    ...movesToHeirs(control, { heirOf, units: wish.units }),
  ];
  if (write === 'nothing') {
    state.names.set({ renamings: wish.renamings, records: control.allRenamed(), present, heirOf });
    return { ...deps, control: controlAsMoved(control, moves) };
  }
  for (const record of givenAway(control.allRenamed(), present)) control.saveRenamed(record);
  state.names.set({ renamings: wish.renamings, records: control.allRenamed(), present, heirOf });
  for (const move of moves) {
    if (!moveRecords(deps, move)) continue;
    deps.log.info('what is written down of a workload goes on under its new name', {
      workload: move.to,
      from: move.from,
    });
    state.memory.proven.delete(move.to);
    state.memory.probation.delete(move.from);
    state.works.forget(move.from);
    state.records = createRecordCache();
  }
  return deps;
}

/** What a unit was called before the rename that is under way. */
export function formerUnits(unit: string, renamings: readonly Renaming[]): string[] {
  const name = parseUnit(unit)?.name;
  return renamings.flatMap(({ from, to }) => (to === name ? unitNow(unit, from) : []));
}

const made = new WeakMap<Desired, Desired>();

/** Call it with what was observed: labels tell of a rename where nothing else does any more. */
export function withFormerNames({ control }: EngineDeps, { names }: State, wish: Wish): Wish {
  const facts = names.current();
  const isPlain = wish.units.every(({ renamedFrom }) => renamedFrom === undefined);
  if (isPlain && facts.records.length === 0 && facts.labels.length === 0) return wish;
  const live = liveRenamings(facts.renamings, { applied: control.allLastApplied(), seen: names.seen() });
  const applied = (unit: string): Desired | null => control.lastApplied(unit)?.desired ?? null;
  return {
    ...wish,
    units: wish.units.map((desired) =>
      lasting(desired, withFormerName(desired, { names: facts, applied, live })),
    ),
  };
}

/** Equal wishes are the same objects from pass to pass. */
function lasting(asked: Desired, now: Desired): Desired {
  if (now === asked) return asked;
  const known = made.get(asked);
  if (known !== undefined && namesOf(known) === namesOf(now)) return known;
  made.set(asked, now);
  return now;
}

function namesOf(desired: Desired): string {
  const { renamedFrom } = desired;
  return JSON.stringify([renamedFrom, ...(desired.kind === 'stack' ? [desired.home, desired.project] : [])]);
}

/** With the last unit of a workload that is taken away its former names are nobody's. */
export function forgetName(control: Control, unit: string): void {
  const name = parseUnit(unit)?.name;
  if (name === undefined || control.renamed(name) === null) return;
  const isLeft = control.allLastApplied().some((entry) => parseUnit(entry.unit)?.name === name);
  if (!isLeft) control.dropRenamed(name);
}
