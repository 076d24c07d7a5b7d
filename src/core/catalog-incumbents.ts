// Who had a name, a domain or a port before: what runs keeps what it has, whoever claims it now and stands further up.
import type { ReadEntry } from './catalog-file.ts';
import { workloadId } from './naming.ts';

/** Where what was applied last was read from, by the workload's id. */
export type Incumbents = ReadonlyMap<string, { source: string; file: string }>;

/** 0 for the very manifest that was applied, 1 for another file of its source, as after a move, 2 for everybody else. */
export function rankOf(entry: ReadEntry, incumbents: Incumbents | undefined): number {
  const known = incumbents?.get(workloadId(entry));
  if (known?.source !== entry.place.source) return 2;
  return known.file === entry.place.file ? 0 : 1;
}

/** As one text, of those that claim the same: the only part of the incumbents that a catalog depends on. */
export function ranksOf(contested: readonly ReadEntry[], incumbents: Incumbents | undefined): string {
  return contested.map((entry) => rankOf(entry, incumbents)).join('');
}
