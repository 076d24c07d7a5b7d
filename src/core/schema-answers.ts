// The schemas of what `-o json` and the API answer: one per kind, all keys always there, null rather than absent.
import { type TProperties, type TSchema, Type } from 'typebox';
import { deploy, manifestChange, plan, proxyRoute, unit } from './schema-answer-objects.ts';
import { count, flag, head, listOf, orNull, problem, text, time, word } from './schema-answer-parts.ts';
import { CHECKS } from './words.ts';

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
      word: word('wants', 'runs', 'because', 'so', 'next', 'hint'),
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

const event = {
  id: count(),
  at: time(),
  severity: word('info', 'warn', 'error'),
  unit: orNull(text()),
  reason: text(),
  message: text(),
};

const hold = {
  unit: text(),
  suspended: flag(),
  quarantined: flag(),
  lifted: orNull(Type.Object({ suspension: flag(), rollback: flag(), releases: listOf(text()) })),
};

/** `running` is null where an engine did not say; `changes` counts the actions that taking back leads to. */
const ejection = {
  unit: text(),
  ejected: flag(),
  running: orNull(listOf(text())),
  domains: listOf(text()),
  compose: orNull(Type.Object({ project: text(), folder: text() })),
  changes: orNull(count()),
};

const revision = Type.Object({
  number: count(),
  version: text(),
  spec_hash: text(),
  digest: orNull(text()),
  revision: orNull(text()),
  at: time(),
  container: flag(),
  standing: flag(),
  images: listOf(Type.Object({ reference: text(), id: text() })),
});

const rollback = {
  unit: text(),
  number: count(),
  from: orNull(text()),
  to: text(),
  held: text(),
  kept_since: time(),
  stands_by: flag(),
  settled: flag(),
  succeeded: orNull(flag()),
  sentence: orNull(text()),
  goes_back: listOf(text()),
  stays: listOf(text()),
};

const BODIES = {
  StatusList: { items: listOf(Type.Object(unit())) },
  // A line of `-o jsonl`: the unit stands inside, for it has a kind of its own.
  Status: { status: Type.Object(unit()) },
  Plan: plan,
  DiffList: { items: listOf(diff) },
  ProblemList: { files: count(), units: count(), items: listOf(problem()) },
  Explanation: why,
  // `revisions` are what can be rolled back to.
  DeployList: { items: listOf(Type.Object(deploy())), revisions: Type.Optional(listOf(revision)) },
  Deploy: { deploy: Type.Object(deploy()) },
  ApplyResult: {
    summary: text(),
    items: listOf(Type.Object(unit())),
    deploys: listOf(Type.Object(deploy())),
    problems: listOf(problem()),
  },
  ProxyList: { items: listOf(proxyRoute()) },
  ManifestChange: manifestChange,
  CheckList: { items: listOf(check) },
  Hold: hold,
  Ejection: ejection,
  Rollback: rollback,
  EventList: { items: listOf(Type.Object(event)) },
  Event: { event: Type.Object(event) },
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
