// Answers for programs: each kind against its committed schema and a golden file.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { problem } from '../../src/core/problem.ts';
import { answerSchemas } from '../../src/core/schema-answers.ts';
import { fault } from '../../src/model/errors.ts';
import { createHouse, type House, record } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import { cli, nobody, somebody } from '../support/run-cli.ts';
import * as plans from '../support/sample-plans.ts';
import * as sample from '../support/sample-status.ts';
import { assertValid } from '../support/valid-answer.ts';

const FOLDER = path.join(import.meta.dirname, '../../schemas/output');

describe('the schemas of answers', () => {
  const schemas = answerSchemas();
  const fileOf = (kind: string) =>
    `${kind.replaceAll(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.schema.json`;
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(FOLDER, { recursive: true });
    for (const [kind, schema] of Object.entries(schemas))
      writeFileSync(path.join(FOLDER, fileOf(kind)), `${JSON.stringify(schema, null, 2)}\n`);
  }
  for (const [kind, schema] of Object.entries(schemas))
    it(`${kind} is committed as it is`, () => {
      const committed = readFileSync(path.join(FOLDER, fileOf(kind)), 'utf8');
      assert.equal(committed, `${JSON.stringify(schema, null, 2)}\n`, 'UPDATE_GOLDEN=1 writes it anew');
    });
  it('has no file of a kind that is no more', () => {
    assert.deepEqual(readdirSync(FOLDER).sort(), Object.keys(schemas).map(fileOf).sort());
  });
});

function house(): House {
  const made = createHouse({
    plan: plans.planOf(plans.blueGreen, plans.blockedByPort, plans.site),
    checks: [{ status: 'warning', subject: 'probes', text: 'they take published ports', hint: null }],
    validation: {
      files: 2,
      units: 1,
      fileText: () => null,
      problems: [problem({ reason: 'UnknownKey', message: 'x', file: 'a.yaml', line: 1, column: 2 })],
    },
    applying: async () => sample.overviewOf([sample.rolledBack]),
  });
  const { store } = made;
  if (store !== null) record(store, [sample.rolledBack, sample.held, sample.failed], sample.NOW_MS);
  store?.startDeploy({
    unit: 'shop/prod',
    workloadId: 'project.shop',
    status: 'rolled_back',
    fromVersion: '2.1.3',
    toVersion: '2.1.4',
    specHash: 's',
    digest: null,
    revision: sample.REVISION,
    cause: '2.1.3 → 2.1.4',
    reason: 'Unhealthy',
    message: 'GET /healthz answered 503 five times',
    startedAtMs: sample.NOW_MS,
    finishedAtMs: sample.NOW_MS + 41_000,
    proof: null,
    steps: [
      {
        name: 'Pull',
        status: 'done',
        startedAtMs: sample.NOW_MS,
        finishedAtMs: sample.NOW_MS + 1,
        detail: null,
      },
    ],
  });
  store?.addDeployLog({
    deployId: 1,
    atMs: sample.NOW_MS,
    level: 'warn',
    phase: 'evidence',
    text: 'migration 41',
  });
  return made;
}

describe('answers as JSON', () => {
  const rows: [name: string, argv: string[], kind: string][] = [
    ['status', ['status', '-o', 'json'], 'StatusList'],
    ['plan', ['plan', '-o', 'json'], 'Plan'],
    ['why', ['why', 'shop/prod', '-o', 'json'], 'Explanation'],
    ['history', ['history', 'shop/prod', '-o', 'json'], 'DeployList'],
    ['validate', ['validate', '-o', 'json'], 'ProblemList'],
    ['doctor', ['doctor', '-o', 'json'], 'CheckList'],
    ['apply', ['apply', '-o', 'json'], 'ApplyResult'],
    ['diff', ['diff', '-o', 'json'], 'DiffList'],
    ['suspend', ['suspend', 'immich', '-o', 'json'], 'Hold'],
    ['resume', ['resume', 'immich', '-o', 'json'], 'Hold'],
    ['eject', ['eject', 'immich', '-o', 'json'], 'Ejection'],
    ['version', ['version', '-o', 'json'], 'Version'],
  ];
  for (const [name, argv, kind] of rows)
    it(name, async () => {
      const ran = await cli(house(), argv, { fetch: name === 'status' ? nobody : somebody() });
      assert.equal(assertValid(ran.stdout), kind);
      assertGolden(`cli/json-${name}.json`, ran.stdout);
    });
  it('line by line', async () => {
    for (const [argv, kind] of [
      [['status', '-o', 'jsonl'], 'Status'],
      [['history', 'shop/prod', '-o', 'jsonl'], 'Deploy'],
      [['logs', 'shop/prod', '--failed', '-o', 'jsonl'], 'LogLine'],
    ] as const) {
      const lines = (await cli(house(), argv)).stdout.trimEnd().split('\n');
      for (const line of lines) assert.equal(assertValid(line), kind);
    }
  });
  it('errors', async () => {
    const broken = createHouse({
      configFault: fault({ code: 'C', reason: 'ConfigWrong', message: 'x', disposition: 'stalled' }),
    });
    assert.equal(assertValid((await cli(broken, ['status', '-o', 'json'])).stdout), 'Error');
    assert.equal(assertValid((await cli(broken, ['status', '--output=json'])).stdout), 'Error');
  });
});
