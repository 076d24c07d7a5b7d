// A workload with its units as JSON: status for programs, without specifications or references to secrets.
import { time } from '../../core/json-envelope.ts';
import { unitJson } from '../../core/json-status.ts';
import type { Workload } from '../views/workloads.ts';

export function workloadJson(workload: Workload) {
  return {
    id: workload.id,
    kind: workload.kind,
    name: workload.name,
    app_id: workload.appId,
    outcome: workload.outcome,
    created_at: time(workload.createdAtMs),
    updated_at: time(workload.updatedAtMs),
    units: workload.units.map(unitJson),
  };
}
