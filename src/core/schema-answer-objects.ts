// The schemas of the larger objects in answers: a unit, a deploy, a plan.
import { Type } from 'typebox';
import {
  count,
  flag,
  health,
  listOf,
  orNull,
  place,
  problem,
  text,
  time,
  word,
} from './schema-answer-parts.ts';
import { DEPLOYS, OUTCOMES } from './words.ts';

export const unit = () => ({
  unit: text(),
  workload_id: text(),
  kind: word('project', 'stack', 'site', 'proxy'),
  name: text(),
  role: text(),
  host: text(),
  app_id: orNull(text()),
  outcome: word(...Object.keys(OUTCOMES)),
  needs_you: flag(),
  reason: text(),
  sentence: text(),
  next: orNull(text()),
  runs: orNull(text()),
  wants: orNull(text()),
  digest: orNull(text()),
  spec_hash: orNull(text()),
  health: health(),
  strategy: orNull(text()),
  domains: listOf(text()),
  depends_on: listOf(text()),
  source: orNull(text()),
  place: orNull(place()),
  last_attempted_revision: orNull(text()),
  last_applied_revision: orNull(text()),
  problems: listOf(problem()),
  since: time(),
  changed_at: orNull(time()),
  deploy_id: orNull(count()),
});

const step = () =>
  Type.Object({
    name: text(),
    status: word('waiting', 'now', 'done', 'failed', 'skipped'),
    started_at: orNull(time()),
    finished_at: orNull(time()),
    detail: orNull(text()),
  });

export const deploy = () => ({
  id: count(),
  number: count(),
  unit: text(),
  workload_id: text(),
  status: word(...Object.keys(DEPLOYS)),
  from_version: orNull(text()),
  to_version: orNull(text()),
  spec_hash: orNull(text()),
  digest: orNull(text()),
  revision: orNull(text()),
  cause: text(),
  reason: orNull(text()),
  message: orNull(text()),
  started_at: time(),
  finished_at: orNull(time()),
  duration_ms: orNull(count()),
  steps: listOf(step()),
  proof: orNull(Type.Object({ requests: count(), failed: count(), worst_gap_ms: count() })),
});

const action = () =>
  Type.Object({
    type: text(),
    phase: word('prepare', 'prove', 'switch', 'drain', 'clean'),
    cause: text(),
    text: text(),
  });

const unitPlan = () =>
  Type.Object({
    unit: text(),
    kind: word('project', 'stack', 'site', 'proxy'),
    host: text(),
    cause: orNull(
      Type.Object({
        type: word('create', 'change', 'drift', 'remove', 'rollback', 'cleanup', 'adopt'),
        text: text(),
      }),
    ),
    strategy: orNull(text()),
    downtime_ms: orNull(count()),
    downtime_why: orNull(text()),
    runs: orNull(text()),
    wants: orNull(text()),
    health: health(),
    actions: listOf(action()),
    blocked: orNull(Type.Object({ wait: flag(), problem: problem() })),
    notices: listOf(problem()),
    on_failure: orNull(text()),
  });

export const plan = {
  revisions: Type.Record(Type.String(), orNull(text())),
  changes: count(),
  units: listOf(unitPlan()),
  orphans: listOf(Type.Object({ unit: text(), why: text(), containers: listOf(text()) })),
  problems: listOf(problem()),
};

const look = () =>
  Type.Object({ at: time(), ok: flag(), state: word('up', 'down'), duration_ms: count(), detail: text() });

export const proxyRoute = () =>
  Type.Object({
    type: word('workload', 'stand_alone', 'stranger'),
    domains: listOf(text()),
    unit: orNull(text()),
    workload_id: orNull(text()),
    kind: orNull(word('project', 'stack', 'site', 'proxy')),
    name: orNull(text()),
    role: orNull(text()),
    outcome: orNull(word(...Object.keys(OUTCOMES))),
    sentence: orNull(text()),
    health: orNull(health()),
    containers: listOf(
      Type.Object({
        name: orNull(text()),
        role: orNull(text()),
        image: text(),
        release: orNull(text()),
        host: text(),
        state: text(),
        health: orNull(text()),
      }),
    ),
    upstreams: listOf(text()),
    proxy_route_id: orNull(text()),
    npm_proxy_id: orNull(count()),
    enabled: orNull(flag()),
    online: orNull(flag()),
    error: orNull(text()),
    monitor: orNull(
      Type.Object({
        state: word('up', 'down'),
        since: time(),
        recorded_at: time(),
        duration_ms: count(),
        detail: text(),
        results: listOf(look()),
      }),
    ),
  });

/** A change of a manifest that was asked for, and where it went. */
export const manifestChange = {
  kind_of_manifest: text(),
  name: text(),
  change: word('added', 'changed', 'removed', 'unchanged'),
  source: text(),
  file: text(),
  commit: orNull(text()),
  branch: orNull(text()),
  takes_effect: flag(),
  patch: orNull(text()),
};
