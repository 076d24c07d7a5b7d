// Reads every source once and makes the wish of it: the catalog, and what is held while a file cannot be read.
import { type Catalog, type CatalogCache, catalog } from '../core/catalog.ts';
import type { Incumbents } from '../core/catalog-incumbents.ts';
import { heldUnits, withoutHeld } from '../core/hold.ts';
import type { SourceState } from '../core/prune.ts';
import { discoveringSources, readSettingsOf } from '../core/read-settings.ts';
import { judgeRenames } from '../core/renames.ts';
import type { Desired } from '../model/desired.ts';
import type { Problem } from '../model/problem.ts';
import type { Renaming } from '../model/rename.ts';
import type { SourceSnapshot } from '../model/source.ts';
import type { SourceStatus } from '../model/status.ts';
import type { EngineDeps } from './deps.ts';

export interface Wish {
  units: readonly Desired[];
  problems: readonly Problem[];
  states: SourceState[];
  statuses: SourceStatus[];
  snapshots: readonly SourceSnapshot[];
  incumbents: Incumbents;
  referenced: Catalog['referenced'];
  /** Asked for by manifests, and to be had. */
  renamings: readonly Renaming[];
}

export async function readSources(deps: EngineDeps, cache: CatalogCache, signal: AbortSignal): Promise<Wish> {
  const readings = await Promise.all(
    deps.sources.map(async (source) => ({ source, reading: await source.read(signal) })),
  );
  const snapshots = readings.flatMap(({ reading }) => reading.snapshot ?? []);
  const applied = deps.control.allLastApplied();
  const incumbents: Incumbents = new Map(
    applied.map(({ desired, source, file }) => [desired.workloadId, { source, file }]),
  );
  const made = catalog({
    snapshots,
    variables: Object.fromEntries(deps.config.sources.map((source) => [source.name, source.variables])),
    discover: discoveringSources(deps.config),
    readers: deps.readers,
    settings: readSettingsOf(deps.config),
    incumbents,
    cache,
  });
  // What does not look like a workload matters only where the file held one before.
  const lost = made.unreadable.filter((file) =>
    applied.some((entry) => entry.source === file.source && entry.file === file.file),
  );
  const judged = judgeRenames(made.units, { applied, records: deps.control.allRenamed() });
  const broken = [...made.broken, ...lost, ...judged.broken];
  const read = withoutHeld(judged.units, broken, applied);
  const held = heldUnits(read, broken, applied);
  const units = held.length === 0 ? read : [...read, ...held];
  const counts = Map.groupBy(made.units, (unit) => unit.source);
  return {
    units,
    problems: [
      ...readings.flatMap(({ reading }) => reading.problem ?? []),
      ...made.problems,
      ...judged.problems,
    ],
    renamings: judged.renamings.filter(({ from }) => !units.some(({ name }) => name === from)),
    states: readings.map(({ source, reading }) => ({
      name: source.name,
      readable: reading.snapshot !== null,
      broken: broken.some((entry) => entry.source === source.name),
      units: counts.get(source.name)?.length ?? 0,
    })),
    statuses: readings.map(({ source, reading }) => ({
      name: source.name,
      type: source.type,
      address: source.address,
      revision: reading.snapshot?.revision ?? null,
      ref: source.ref,
      commit: reading.snapshot?.commit ?? null,
      fetchedMs: reading.fetchedMs,
      problem: reading.problem,
      problems: made.problems.filter((problem) => problem.source === source.name).length,
    })),
    snapshots,
    incumbents,
    referenced: made.referenced,
  };
}
