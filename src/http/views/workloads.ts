// Workloads as people and programs address them: the rows of the index joined with the units of the last pass.
import { outcomeView, sortUnits } from '../../core/status-view.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { Overview, UnitStatus } from '../../model/status.ts';
import type { WorkloadRow } from '../../ports/store.ts';

export interface Workload {
  /** `project.shop` */
  id: string;
  kind: string;
  name: string;
  appId: string | null;
  /** The worst of its units; null while no pass has looked at it. */
  outcome: Outcome | null;
  /** Null until it is in the index. */
  createdAtMs: number | null;
  updatedAtMs: number | null;
  units: UnitStatus[];
}

/** All of them by id. A unit that is not in the index yet still counts: the index is only an index. */
export function workloadsOf(overview: Overview, rows: readonly WorkloadRow[]): Workload[] {
  const found = new Map<string, Workload>();
  for (const row of rows) {
    const { id, kind, name, appId, createdAtMs, updatedAtMs } = row;
    found.set(id, { id, kind, name, appId, outcome: null, createdAtMs, updatedAtMs, units: [] });
  }
  for (const unit of sortUnits(overview.units)) {
    const known = found.get(unit.workloadId) ?? {
      id: unit.workloadId,
      kind: unit.kind,
      name: unit.name,
      appId: unit.app,
      outcome: null,
      createdAtMs: null,
      updatedAtMs: null,
      units: [],
    };
    known.units.push(unit);
    known.outcome = worst(known.outcome, unit.outcome);
    found.set(known.id, known);
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** By `project.shop`, by unit `shop/prod` (then with that unit alone), or by name `shop`. */
export function findWorkload(workloads: readonly Workload[], address: string): Workload | null {
  const byId = workloads.find((workload) => workload.id === address);
  if (byId !== undefined) return byId;
  for (const workload of workloads) {
    const units = workload.units.filter((unit) => unit.unit === address);
    const [unit] = units;
    if (unit !== undefined) return { ...workload, outcome: unit.outcome, units };
  }
  return workloads.find((workload) => workload.name === address) ?? null;
}

/** Every word that an address may be, for "did you mean". */
export function addressesOf(workloads: readonly Workload[]): string[] {
  return workloads.flatMap(({ id, name, units }) => [id, name, ...units.map((unit) => unit.unit)]);
}

function worst(a: Outcome | null, b: Outcome): Outcome {
  return a !== null && outcomeView(a).rank <= outcomeView(b).rank ? a : b;
}
