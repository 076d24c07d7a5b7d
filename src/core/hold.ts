// While a manifest cannot be read, its units stay in the wish as they were last applied (law 6).

import type { Desired } from '../model/desired.ts';
import type { AppliedFacts } from '../model/revision.ts';

/** A file, or documents of it, that could not be read in this pass. */
export interface Broken {
  source: string;
  file: string;
  /** Known identities in it. */
  workloadIds: readonly string[];
  /** Not even the identities could be read: all that the file held before is meant. */
  unknown: boolean;
  /** The first problem, as a sentence with its place before it. */
  why: string;
}

export interface Applied extends AppliedFacts {
  source: string;
  file: string;
}

/** Units to add to the catalog: held ones, marked with why. */
export function heldUnits(
  units: readonly Desired[],
  broken: readonly Broken[],
  applied: readonly Applied[],
): Desired[] {
  if (broken.length === 0) return [];
  const present = new Set(units.map((unit) => unit.unit));
  return applied.flatMap((entry) => {
    if (present.has(entry.desired.unit)) return [];
    const cause = broken.find((file) => speaksOf(file, entry));
    return cause === undefined ? [] : [{ ...entry.desired, held: cause.why }];
  });
}

/**
 * Without the folders that are stacks by themselves but were refined by a manifest which cannot be read now: as they
 * are by themselves they would be other stacks.
 */
export function withoutHeld(
  units: readonly Desired[],
  broken: readonly Broken[],
  applied: readonly Applied[],
): readonly Desired[] {
  if (broken.length === 0) return units;
  return units.filter((unit) => {
    if (unit.kind !== 'stack' || unit.discovered === undefined) return true;
    const before = applied.find(({ desired }) => desired.unit === unit.unit);
    const others = broken.filter(({ file }) => file !== unit.place.file);
    return !others.some(
      (file) =>
        file.source === unit.source &&
        (file.workloadIds.includes(unit.workloadId) || (before !== undefined && speaksOf(file, before))),
    );
  });
}

function speaksOf(file: Broken, entry: Applied): boolean {
  if (file.workloadIds.includes(entry.desired.workloadId)) return true;
  return file.unknown && file.source === entry.source && file.file === entry.file;
}
