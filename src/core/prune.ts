// What no manifest names any more: removed, or kept as an orphan with the reason (law 6).
import type { Problem } from '../model/problem.ts';
import type { UnitId } from '../model/unit.ts';
import { problem } from './problem.ts';

/** More than this share of a source's units, and more than this many, wait for a person. */
export const PRUNE_SHARE = 0.3;
export const PRUNE_COUNT = 3;

export interface SourceState {
  name: string;
  /** False where the newest state could not be read at all. */
  readable: boolean;
  /** Some file of it cannot be parsed. */
  broken: boolean;
  /** Units it declares now. */
  units: number;
}

export interface Gone {
  unit: UnitId;
  /** Where it came from; null when nobody remembers (control files lost). */
  source: string | null;
  /** `prune: false` in its last manifest. */
  keep: boolean;
  /** Somebody said that it is to be left as it is. */
  suspended: boolean;
  containers: string[];
}

export interface PruneVerdict {
  remove: UnitId[];
  orphans: { unit: UnitId; why: string; containers: string[] }[];
  problems: Problem[];
}

/** `consent` is `apply --prune`: a person looked at the list. It never prunes past a file that cannot be read. */
export function judgePrune(
  gone: readonly Gone[],
  sources: readonly SourceState[],
  consent: 'given' | 'none',
): PruneVerdict {
  const verdict: PruneVerdict = { remove: [], orphans: [], problems: [] };
  const bySource = new Map<string, Gone[]>();
  const keep = (entry: Gone, why: string): void => {
    verdict.orphans.push({ unit: entry.unit, why, containers: entry.containers });
  };
  for (const entry of gone) {
    const trouble = unreadable(entry, sources);
    const source = sources.find((candidate) => candidate.name === entry.source);
    if (trouble !== null) keep(entry, trouble);
    else if (entry.suspended) keep(entry, `it is suspended; \`tinyforge resume ${entry.unit}\` lets it go`);
    else if (entry.keep) keep(entry, 'its manifest said prune: false');
    else if (consent === 'given') verdict.remove.push(entry.unit);
    else if (entry.source === null) keep(entry, 'nobody remembers which source it came from');
    else if (source === undefined)
      keep(entry, `its source ${entry.source} is not in tinyforge.yaml any more`);
    else if (source.units === 0) keep(entry, `its source ${entry.source} is empty`);
    else bySource.set(source.name, [...(bySource.get(source.name) ?? []), entry]);
  }
  for (const [name, entries] of bySource) {
    const total = (sources.find((source) => source.name === name)?.units ?? 0) + entries.length;
    if (entries.length > PRUNE_COUNT && entries.length > total * PRUNE_SHARE) {
      for (const entry of entries) keep(entry, 'too many at once to remove without consent');
      verdict.problems.push(held(name, entries.length, total));
    } else verdict.remove.push(...entries.map((entry) => entry.unit));
  }
  return verdict;
}

function unreadable(entry: Gone, sources: readonly SourceState[]): string | null {
  const concerned =
    entry.source === null ? sources : sources.filter((source) => source.name === entry.source);
  const away = concerned.find((source) => !source.readable);
  if (away) return `its source ${away.name} cannot be read now`;
  const broken = concerned.find((source) => source.broken);
  return broken ? `a file of its source ${broken.name} cannot be read` : null;
}

function held(source: string, count: number, total: number): Problem {
  const share = Math.round((count / total) * 100);
  return problem({
    reason: 'PruneHeld',
    message: `${source} no longer mentions ${count} of ${total} workloads (${share} %, the limit is ${PRUNE_SHARE * 100} %)`,
    effect: 'None was removed; the rest of the pass went on.',
    hint: 'If that is meant, `tinyforge apply --prune`.',
    source,
  });
}
