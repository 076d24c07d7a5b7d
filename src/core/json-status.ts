// Units, sources and engines as JSON: status for programs, without specifications or references to secrets.
import type { UnitHealth } from '../model/plan.ts';
import type { EngineStatus, SourceStatus, UnitStatus } from '../model/status.ts';
import { time } from './json-envelope.ts';
import { placeJson, problemJson } from './json-problem.ts';
import { needsYou } from './status-view-order.ts';

export function unitJson(unit: UnitStatus) {
  return {
    unit: unit.unit,
    workload_id: unit.workloadId,
    kind: unit.kind,
    name: unit.name,
    role: unit.role,
    host: unit.host,
    app_id: unit.app,
    outcome: unit.outcome,
    needs_you: needsYou(unit),
    reason: unit.reason,
    sentence: unit.sentence,
    next: unit.next,
    runs: unit.runs,
    wants: unit.wants,
    digest: unit.digest,
    spec_hash: unit.specHash,
    health: healthJson(unit.health),
    strategy: unit.strategy,
    domains: [...unit.domains],
    depends_on: [...unit.dependsOn],
    source: unit.source,
    place: placeJson(unit.place),
    last_attempted_revision: unit.lastAttemptedRevision,
    last_applied_revision: unit.lastAppliedRevision,
    problems: unit.problems.map(problemJson),
    since: time(unit.sinceMs),
    changed_at: time(unit.changedMs),
    deploy_id: unit.deployId,
  };
}

export function healthJson(health: UnitHealth) {
  return { status: health.status, ready: health.ready, total: health.total, detail: health.detail };
}

export function sourceJson(source: SourceStatus) {
  return {
    name: source.name,
    type: source.type,
    address: source.address,
    revision: source.revision,
    ref: source.ref,
    commit:
      source.commit === null
        ? null
        : { author: source.commit.author, subject: source.commit.subject, at: time(source.commit.atMs) },
    fetched_at: time(source.fetchedMs),
    problem: source.problem === null ? null : problemJson(source.problem),
    problems: source.problems,
  };
}

export function engineJson(engine: EngineStatus) {
  return {
    name: engine.name,
    reachable: engine.reachable,
    version: engine.version,
    api_version: engine.apiVersion,
    containers: engine.containers,
    problem: engine.problem === null ? null : problemJson(engine.problem),
  };
}
