// `rollback`, and `resume` and `history` after it, as a person sees them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Revision } from '../../src/model/revision.ts';
import { applied } from '../support/control-entries.ts';
import { createHouse, type House, record } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import { type Asked, cli, somebody } from '../support/run-cli.ts';
import * as sample from '../support/sample-status.ts';

const { NOW_MS } = sample;
const DAY_MS = 86_400_000;

function version(number: number, release: string): Revision {
  return {
    unit: 'shop/prod',
    number,
    host: 'local',
    desired: applied().desired,
    specHash: `hash-${number}`,
    digest: '',
    release,
    revision: 'a1b2c3d',
    atMs: NOW_MS - (10 - number) * DAY_MS,
    keepable: true,
    images: [
      { reference: `ghcr.io/acme/shop@sha256:${number}`, id: `sha256:${number}`, pulled: true, sizeBytes: 1 },
    ],
  };
}

function house(): House {
  const made = createHouse();
  if (made.store !== null) record(made.store, sample.busyDay.units, NOW_MS);
  for (const entry of [version(1, '2.1.2'), version(2, '2.1.3'), version(3, '2.1.4')])
    made.control.saveRevision(entry);
  made.control.saveLastApplied(applied({ specHash: 'hash-3', digest: '' }));
  return made;
}

function held(made: House, kind = 'project'): void {
  const { desired, specHash, digest, release } = version(2, '2.1.3');
  made.control.setHold({
    unit: 'shop/prod',
    number: 2,
    by: 'admin',
    atMs: NOW_MS,
    desired: { ...desired, kind } as never,
    specHash,
    digest,
    release,
    wanted: { specHash: 'hash-3', digest: '', release: '2.1.4' },
  });
  const status = made.store?.status('shop/prod');
  assert.ok(status);
  made.overview = {
    ...made.overview,
    units: [{ ...status, outcome: 'held', reason: 'RollbackHold', sentence: 'held at 2.1.3 by admin' }],
  };
  made.applying = async () => made.overview;
  made.store?.saveStatus({ ...status, outcome: 'held', reason: 'RollbackHold' });
}

describe('rollback', () => {
  it('ends in one sentence: what runs, what is held, what lifts it', async () => {
    const made = house();
    held(made);
    const ran = await cli(made, ['rollback', 'shop/prod']);
    assert.equal(ran.code, 0);
    assertGolden('cli/rollback.pipe.txt', ran.transcript);
  });
  it('tells what the requests through the proxy met with while it switched', async () => {
    const made = house();
    held(made);
    made.store?.startDeploy({
      unit: 'shop/prod',
      workloadId: 'project.shop',
      status: 'rolled_back',
      fromVersion: '2.1.4',
      toVersion: '2.1.3',
      specHash: 'hash-2',
      digest: null,
      revision: null,
      cause: 'x',
      reason: null,
      message: null,
      startedAtMs: NOW_MS,
      finishedAtMs: NOW_MS,
      proof: { requests: 1842, failed: 0, worstGapMs: 41 },
      steps: [],
    });
    const ran = await cli(made, ['rollback', 'shop/prod']);
    assert.match(ran.stdout, /^shop\/prod runs 2\.1\.3 again \(.+, 0 requests failed\)\. 2\.1\.4 is held/);
  });
  for (const [kind, words] of [
    ['project', 'image, environment and configuration; not secrets and data'],
    ['stack', 'images, files and variables and secrets of its files; not data'],
    ['site', 'files and configuration'],
  ] as const)
    it(`of a ${kind} is done by the controller where one runs, and says what went back and what did not`, async () => {
      const made = house();
      made.running = true;
      held(made, kind);
      const asked: Asked[] = [];
      const ran = await cli(made, ['rollback', 'shop/prod'], { fetch: somebody(asked) });
      assert.equal(ran.code, 0, ran.transcript);
      assert.ok(
        asked.some(({ url }) => url.endsWith('/rollback')),
        JSON.stringify(asked),
      );
      assert.ok(ran.stderr.includes(`Back went ${words}.`), ran.stderr);
      assert.match(
        ran.stdout,
        /^shop\/prod runs 2\.1\.3 again \(.*\)\. 2\.1\.4 is held until shop changes; .*lifts it\.$/m,
      );
    });
  for (const told of [
    { from: '2.1.2', stands_by: false },
    { from: null, stands_by: true },
  ])
    it(`tells what the controller knows of it, from ${told.from}`, async () => {
      const made = house();
      made.running = true;
      held(made, 'project');
      const controller: typeof fetch = async () =>
        Response.json({ success: true, data: { kind: 'Rollback', ...told } });
      const ran = await cli(made, ['rollback', 'shop/prod', '-o', 'json'], { fetch: controller });
      assert.equal(ran.code, 0, ran.transcript);
      const { from, stands_by } = JSON.parse(ran.stdout) as typeof told;
      assert.deepEqual({ from, stands_by }, told);
    });
  it('that the controller gave up is told so, with exit code 1', async () => {
    const made = house();
    made.running = true;
    const ran = await cli(made, ['rollback', 'shop/prod'], { fetch: somebody() });
    assert.equal(ran.code, 1);
    assert.match(ran.transcript, /was not rolled back/);
  });
  it('says so when it did not work out, with exit code 1', async () => {
    const ran = await cli(house(), ['rollback', 'shop/prod']);
    assert.equal(ran.code, 1);
    assert.match(ran.transcript, /was not rolled back/);
  });
  it('wants the number of a version', async () => {
    const ran = await cli(house(), ['rollback', 'shop/prod', '--to', 'two']);
    assert.equal(ran.code, 64);
  });
});

describe('resume', () => {
  it('lifts a rollback', async () => {
    const made = house();
    held(made);
    const asked: Asked[] = [];
    const ran = await cli(made, ['resume', 'shop/prod'], { fetch: somebody(asked) });
    assert.equal(made.control.hold('shop/prod'), null);
    assertGolden('cli/resume-rollback.pipe.txt', ran.transcript);
  });
});

describe('history', () => {
  it('shows what can be rolled back to', async () => {
    const ran = await cli(house(), ['history', 'shop/prod']);
    assertGolden('cli/history-revisions.pipe.txt', ran.transcript);
  });
});
