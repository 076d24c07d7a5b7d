// Deploys of the diary as JSON: listed fields, never the row itself.
import type { DeployLogRow, DeployRow, DeployStep } from '../model/record.ts';
import { time } from './json-envelope.ts';

export function deployJson(row: DeployRow) {
  return {
    id: row.id,
    number: row.number,
    unit: row.unit,
    workload_id: row.workloadId,
    status: row.status,
    from_version: row.fromVersion,
    to_version: row.toVersion,
    spec_hash: row.specHash,
    digest: row.digest,
    revision: row.revision,
    cause: row.cause,
    reason: row.reason,
    message: row.message,
    started_at: time(row.startedAtMs),
    finished_at: time(row.finishedAtMs),
    duration_ms: row.finishedAtMs === null ? null : row.finishedAtMs - row.startedAtMs,
    steps: row.steps.map(stepJson),
    proof:
      row.proof === null
        ? null
        : { requests: row.proof.requests, failed: row.proof.failed, worst_gap_ms: row.proof.worstGapMs },
  };
}

function stepJson(step: DeployStep) {
  return {
    name: step.name,
    status: step.status,
    started_at: time(step.startedAtMs),
    finished_at: time(step.finishedAtMs),
    detail: step.detail,
  };
}

export function deployLogJson(row: DeployLogRow) {
  return { deploy_id: row.deployId, at: time(row.atMs), level: row.level, phase: row.phase, text: row.text };
}
