// What is in no manifest any more and has no work of its own that would end: taken from what is shown.

import type { EngineDeps } from './deps.ts';
import type { Observation } from './observe.ts';
import { closeForGood } from './open-deploys.ts';
import type { Wish } from './read-sources.ts';
import type { LoopState } from './state.ts';

/** What is ejected and in no manifest is nobody's: it is not shown as if it were declared still. */
export function dropStatuses(
  { control, store }: EngineDeps,
  { ejected, records }: LoopState,
  wish: Wish,
): void {
  const declared = new Set(wish.units.map(({ unit }) => unit));
  for (const { unit } of control.ejections()) {
    if (declared.has(unit) || !ejected.has(unit)) continue;
    records.statuses.delete(unit);
    if (store.status(unit) !== null) store.removeStatus(unit);
  }
}

/** What left its source before it ever ran has nothing to remove, and no work of its own that would end. */
export function dropTheNeverRan(
  deps: EngineDeps,
  { records, works, passes }: LoopState,
  { wish, observations }: { wish: Wish; observations: ReadonlyMap<string, Observation> },
): void {
  const all = [...observations.values()];
  if (!all.every(({ reachable }) => reachable)) return;
  const declared = new Set(wish.units.map(({ unit }) => unit));
  const known = passes === 0 ? deps.store.statuses() : [...records.statuses.values()];
  for (const { unit, source } of known) {
    if (declared.has(unit) || works.of(unit).busy !== null || deps.control.lastApplied(unit) !== null)
      continue;
    const state = wish.states.find(({ name }) => name === source);
    if (!state?.readable || state.broken || all.some(({ byUnit }) => byUnit.has(unit))) continue;
    records.statuses.delete(unit);
    deps.store.removeStatus(unit);
    works.forget(unit);
    closeForGood(deps, unit);
  }
}
