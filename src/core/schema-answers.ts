// The schemas of what `-o json` and the API answer: one per kind, all keys always there, null rather than absent.
import { type TProperties, type TSchema, Type } from 'typebox';
import {
  count,
  flag,
  head,
  health,
  listOf,
  orNull,
  place,
  problem,
  text,
  time,
  word,
} from './schema-answer-parts.ts';
import { CHECKS, DEPLOYS, OUTCOMES } from './words.ts';

const unit = () => ({
  unit: text(),
  workload_id: text(),
  kind: word('project', 'stack', 'site'),
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

const deploy = () => ({
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
    kind: word('project', 'stack', 'site'),
    host: text(),
    cause: orNull(
      Type.Object({
        type: word('create', 'change', 'drift', 'remove', 'rollback', 'cleanup'),
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

const plan = {
  revisions: Type.Record(Type.String(), orNull(text())),
  changes: count(),
  units: listOf(unitPlan()),
  orphans: listOf(Type.Object({ unit: text(), why: text(), containers: listOf(text()) })),
  problems: listOf(problem()),
};

const diff = Type.Object({
  unit: text(),
  lines: listOf(Type.Object({ mark: word('+', '-'), path: text(), value: text() })),
  notes: listOf(text()),
});

const why = {
  unit: Type.Object({ ...unit() }),
  title: text(),
  lines: listOf(
    Type.Object({
      word: word('wants', 'runs', 'because', 'so', 'next'),
      text: text(),
      evidence: listOf(text()),
    }),
  ),
  problems: listOf(problem()),
};

const check = Type.Object({
  status: word(...Object.keys(CHECKS)),
  subject: text(),
  text: text(),
  hint: orNull(text()),
});

const hold = {
  unit: text(),
  suspended: flag(),
  quarantined: flag(),
  lifted: orNull(Type.Object({ suspension: flag(), releases: listOf(text()) })),
};

const BODIES = {
  StatusList: { items: listOf(Type.Object(unit())) },
  // A line of `-o jsonl`: the unit stands inside, for it has a kind of its own.
  Status: { status: Type.Object(unit()) },
  Plan: plan,
  DiffList: { items: listOf(diff) },
  ProblemList: { files: count(), units: count(), items: listOf(problem()) },
  Explanation: why,
  DeployList: { items: listOf(Type.Object(deploy())) },
  Deploy: { deploy: Type.Object(deploy()) },
  ApplyResult: {
    summary: text(),
    items: listOf(Type.Object(unit())),
    deploys: listOf(Type.Object(deploy())),
    problems: listOf(problem()),
  },
  CheckList: { items: listOf(check) },
  Hold: hold,
  LogLine: { container: orNull(text()), text: text() },
  Version: { version: text() },
  Error: { reason: text(), message: text(), hint: orNull(text()), evidence: listOf(text()) },
} satisfies Record<string, TProperties>;

export type AnswerKind = keyof typeof BODIES;

/** JSON Schema (draft 2020-12) of each kind of answer, by its name. */
export function answerSchemas(): Record<string, TSchema> {
  const schemas = Object.entries<TProperties>(BODIES).map(([kind, body]): [string, TSchema] => [
    kind,
    Type.Object(
      { ...head(kind), ...body },
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: kind,
        description: `What tinyforge answers as ${kind}. Within tinyforge/v1 keys are only ever added.`,
      },
    ),
  ]);
  return Object.fromEntries(schemas);
}
