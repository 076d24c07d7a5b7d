// `suspend`, `resume` and `logs`.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LABEL } from '../../src/model/labels.ts';
import { createHouse, type House, record } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import { type Asked, cli, somebody } from '../support/run-cli.ts';
import * as sample from '../support/sample-status.ts';

const { NOW_MS } = sample;

function house(): House {
  const made = createHouse();
  if (made.store !== null) record(made.store, sample.busyDay.units, NOW_MS);
  return made;
}

function quarantine(made: House): void {
  made.control.addQuarantine({
    unit: 'shop/prod',
    specHash: 'new',
    digest: '',
    release: '2.1.4',
    reason: 'Unhealthy',
    message: '2.1.4 did not become healthy',
    evidence: [],
    atMs: NOW_MS,
  });
}

describe('suspend', () => {
  it('holds it, says until when, and tells the controller', async () => {
    const made = house();
    const asked: Asked[] = [];
    const ran = await cli(made, ['suspend', 'gitea', '--why', 'moving disks'], { fetch: somebody(asked) });
    assertGolden('cli/suspend.pipe.txt', ran.transcript);
    assert.deepEqual(made.control.suspension('gitea'), {
      unit: 'gitea',
      by: 'admin',
      why: 'moving disks',
      sinceMs: NOW_MS,
    });
    assert.deepEqual(
      asked.map((one) => one.url.replace(/.*8480/, '')),
      ['/healthz', '/api/sync'],
    );
  });
  it('twice keeps the first time', async () => {
    const made = house();
    made.control.suspend({ unit: 'gitea', by: 'me', why: null, sinceMs: 1 });
    const ran = await cli(made, ['suspend', 'gitea']);
    assert.match(ran.stdout, /gitea was suspended already and stays so/);
    assert.equal(made.control.suspension('gitea')?.sinceMs, 1);
  });
  it('names the person behind sudo', async () => {
    const made = house();
    await cli(made, ['suspend', 'gitea'], {
      look: { terminal: 'pipe', env: { SUDO_USER: 'eva', USER: 'root' } },
    });
    assert.equal(made.control.suspension('gitea')?.by, 'eva');
  });
  it('works without a controller', async () => {
    const ran = await cli(house(), ['suspend', 'gitea']);
    assert.equal(ran.code, 0);
    assert.match(ran.stderr, /No controller answers at .*; it counts from the next pass on\./);
  });
});

describe('resume', () => {
  it('lifts a suspension and a quarantine, and says both', async () => {
    const made = house();
    quarantine(made);
    made.control.suspend({ unit: 'shop/prod', by: 'admin', why: null, sinceMs: NOW_MS - 3 * 86_400_000 });
    const ran = await cli(made, ['resume', 'shop/prod'], { fetch: somebody() });
    assertGolden('cli/resume.pipe.txt', ran.transcript);
    assert.equal(made.control.suspension('shop/prod'), null);
    assert.deepEqual(made.control.quarantine('shop/prod'), []);
  });
  it('leaves the others alone', async () => {
    const made = house();
    quarantine(made);
    await cli(made, ['resume', 'gitea']);
    assert.equal(made.control.quarantine('shop/prod').length, 1);
  });
  it('says where there was nothing to lift', async () => {
    const ran = await cli(house(), ['resume', 'gitea']);
    assert.equal(ran.stdout, 'gitea was neither suspended nor held back. Nothing was changed.\n');
    assert.equal(ran.code, 0);
  });
});

describe('logs', () => {
  function withContainers(): House {
    const made = house();
    const add = (name: string, lines: string[]) => {
      const labels = {
        [LABEL.managed]: 'true',
        [LABEL.controller]: 'default',
        [LABEL.unit]: 'shop/prod',
        [LABEL.workloadId]: 'project.shop',
        [LABEL.workloadKind]: 'project',
        [LABEL.role]: 'prod',
        [LABEL.replica]: '1',
        [LABEL.specHash]: 's',
        [LABEL.release]: '2.1.3',
      };
      made.engine.addStranger({ name, labels });
      for (const line of lines) made.engine.writeLog(name, line);
    };
    add('shop-prod-4be1c0-1', ['listening on :8080', 'password is hunter2-hunter2']);
    add('shop-prod-4be1c0-2', ['listening on :8080']);
    add('shop-prod-77ab01-1-failed', ['error migration 41 is missing']);
    made.secrets = { 'shop-db': 'hunter2-hunter2' };
    return made;
  }
  it('of all that runs, each line with its container, secrets hidden', async () => {
    const ran = await cli(withContainers(), ['logs', 'shop/prod']);
    assertGolden('cli/logs.pipe.txt', ran.transcript);
  });
  it('of the version that failed', async () => {
    const ran = await cli(withContainers(), ['logs', 'shop/prod', '--failed']);
    assert.equal(ran.stdout, 'error migration 41 is missing\n');
  });
  it('of a first version that failed and was not renamed', async () => {
    const made = withContainers();
    made.engine.removeByHand('shop-prod-77ab01-1-failed');
    made.engine.exit('shop-prod-4be1c0-2', 1);
    const ran = await cli(made, ['logs', 'shop/prod', '--failed']);
    assert.equal(ran.stdout, 'listening on :8080\n');
  });
  it('of a failed version whose container is gone, from the diary', async () => {
    const made = house();
    const deploy = made.store?.startDeploy({
      unit: 'shop/prod',
      workloadId: 'project.shop',
      status: 'rolled_back',
      fromVersion: '2.1.3',
      toVersion: '2.1.4',
      specHash: 's',
      digest: null,
      revision: null,
      cause: 'x',
      reason: null,
      message: null,
      startedAtMs: NOW_MS,
      finishedAtMs: NOW_MS,
      proof: null,
      steps: [],
    });
    made.store?.addDeployLog({
      deployId: deploy?.id ?? 0,
      atMs: NOW_MS,
      level: 'warn',
      phase: 'evidence',
      text: 'migration 41 is missing',
    });
    const ran = await cli(made, ['logs', 'shop/prod', '--failed']);
    assertGolden('cli/logs-diary.pipe.txt', ran.transcript);
  });
  it('follows until it is told to stop', async () => {
    const made = withContainers();
    const stop = new AbortController();
    const running = cli(made, ['logs', 'shop/prod', '-f', '--tail', '1'], { signal: stop.signal });
    while (made.engine.state.followers.size < 2) await new Promise((resolve) => setImmediate(resolve));
    made.engine.writeLog('shop-prod-4be1c0-2', 'one more');
    stop.abort('SIGINT');
    const ran = await running;
    assert.equal(ran.stdout.split('\n').at(-2), 'shop-prod-4be1c0-2 | one more');
    assert.deepEqual([ran.code, made.open], [130, 0]);
  });
  it('of nothing says what to look at instead', async () => {
    const ran = await cli(house(), ['logs', 'gitea']);
    assert.match(
      ran.stderr,
      /gitea has no container that runs or ran\. \(NothingRuns\)\nhint: tinyforge why gitea/,
    );
  });
});
