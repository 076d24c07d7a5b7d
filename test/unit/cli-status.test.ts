// `status`, `why` and `history`: what a tired person reads first.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DeployRow } from '../../src/model/record.ts';
import { createHouse, type House, record } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import { cli, LOOKS, somebody } from '../support/run-cli.ts';
import * as sample from '../support/sample-status.ts';

const { NOW_MS } = sample;
const DAY = 24 * 3_600_000;

function busyHouse(): House {
  const house = createHouse();
  if (house.store !== null) record(house.store, sample.busyDay.units, NOW_MS);
  return house;
}

function deployed(facts: Partial<DeployRow>): Omit<DeployRow, 'id' | 'number'> {
  return {
    unit: 'shop/prod',
    workloadId: 'project.shop',
    status: 'success',
    fromVersion: '2.1.2',
    toVersion: '2.1.3',
    specHash: 's',
    digest: null,
    revision: sample.REVISION,
    cause: '2.1.2 → 2.1.3',
    reason: null,
    message: null,
    startedAtMs: NOW_MS - 3 * DAY,
    finishedAtMs: NOW_MS - 3 * DAY + 38_000,
    proof: null,
    steps: [],
    ...facts,
  };
}

function shopHouse(): House {
  const house = busyHouse();
  const { store } = house;
  store?.startDeploy(
    deployed({
      fromVersion: '2.1.1',
      toVersion: '2.1.2',
      cause: '2.1.1 → 2.1.2',
      startedAtMs: NOW_MS - 10 * DAY,
      finishedAtMs: NOW_MS - 10 * DAY + 36_400,
    }),
  );
  store?.startDeploy(deployed({}));
  store?.startDeploy(
    deployed({
      status: 'rolled_back',
      fromVersion: '2.1.3',
      toVersion: '2.1.4',
      cause: '2.1.3 → 2.1.4',
      message: '2.1.4 did not become healthy in 20 s',
      startedAtMs: NOW_MS - 2 * 3_600_000,
      finishedAtMs: NOW_MS - 2 * 3_600_000 + 41_000,
    }),
  );
  house.control.addQuarantine({
    unit: 'shop/prod',
    specHash: 'new',
    digest: '',
    release: '2.1.4',
    reason: 'Unhealthy',
    message: '2.1.4 did not become healthy in 20 s: GET /healthz answered 503 five times',
    evidence: ['{"status":"down","reason":"database migration 41 is missing"}'],
    atMs: NOW_MS - 2 * 3_600_000,
  });
  house.control.suspend({ unit: 'paperless', by: 'admin', why: 'moving disks', sinceMs: NOW_MS - 3 * DAY });
  if (store !== null) record(store, [sample.suspended, sample.failed], NOW_MS);
  return house;
}

describe('status', () => {
  for (const [name, look] of Object.entries(LOOKS))
    it(`on ${name}`, async () => {
      const ran = await cli(busyHouse(), ['status'], { look, fetch: somebody() });
      assertGolden(`cli/status.${name}.txt`, ran.transcript);
    });
  it('never makes a line wider than the terminal, and never cuts a name', async () => {
    const ran = await cli(busyHouse(), ['status', '--all'], {
      look: { terminal: 'both', columns: 50, env: { NO_COLOR: '1' } },
    });
    for (const line of ran.stdout.split('\n')) assert.ok(line.length <= 50, line);
    for (const unit of sample.busyDay.units) assert.match(ran.stdout, new RegExp(`\\b${unit.unit}\\b`));
  });
  it('wide', async () => {
    const ran = await cli(busyHouse(), ['status', 'shop', '-o', 'wide']);
    assertGolden('cli/status-wide.pipe.txt', ran.transcript);
  });
  it('says so when nobody watches any more', async () => {
    const ran = await cli(busyHouse(), ['status', 'shop/prod']);
    assert.match(ran.stderr, /No controller answers at http:\/\/127\.0\.0\.1:8480/);
  });
  it('of nothing', async () => {
    const ran = await cli(createHouse(), ['status'], { look: LOOKS.tty80 });
    assertGolden('cli/status-empty.tty80.txt', ran.transcript);
  });
  it('where nothing was ever recorded', async () => {
    assert.equal((await cli(createHouse({ store: null }), ['status'])).code, 0);
  });
  it('as names', async () => {
    const ran = await cli(busyHouse(), ['status', 'shop', '-o', 'name']);
    assert.equal(ran.stdout, 'shop/prod\nshop/staging\n');
    assert.equal(ran.stderr, '');
  });
  it('exits 0, and with --exit-status as apply does', async () => {
    assert.equal((await cli(busyHouse(), ['status'])).code, 0);
    assert.equal((await cli(busyHouse(), ['status', '--exit-status'])).code, 1);
    assert.equal((await cli(busyHouse(), ['status', 'gitea', '--exit-status'])).code, 3);
    assert.equal((await cli(busyHouse(), ['status', 'calm-01', '--exit-status'])).code, 0);
  });
  it('is silent beside the answer with -q', async () => {
    assert.equal((await cli(busyHouse(), ['status', '-q'])).stderr, '');
  });
  it('in plain ASCII where the terminal has no UTF-8', async () => {
    const look = { terminal: 'both', columns: 80, env: { LANG: 'C', NO_COLOR: '1' } } as const;
    const ran = await cli(busyHouse(), ['status'], { look });
    assert.doesNotMatch(ran.stdout + ran.stderr, /[^\n\x20-\x7e]/);
  });
});

describe('why', () => {
  for (const unit of ['shop/prod', 'immich', 'gitea', 'paperless', 'ledger', 'calm-01']) {
    it(unit, async () => {
      const ran = await cli(shopHouse(), ['why', unit]);
      assertGolden(`cli/why-${unit.replace('/', '-')}.pipe.txt`, ran.transcript);
    });
  }
  it('in colour', async () => {
    const ran = await cli(shopHouse(), ['why', 'shop/prod'], { look: LOOKS.tty120 });
    assertGolden('cli/why-shop-prod.tty120.txt', ran.transcript);
  });
  it('asks which stage is meant', async () => {
    const ran = await cli(shopHouse(), ['why', 'shop']);
    assert.equal(ran.code, 64);
    assert.match(ran.stderr, /shop has 2 stages: shop\/prod, shop\/staging\./);
  });
  it('finds what was meant', async () => {
    const ran = await cli(shopHouse(), ['why', 'imich']);
    assert.equal(ran.code, 64);
    assertGolden('cli/unknown-workload.pipe.txt', ran.transcript);
  });
});

describe('history', () => {
  for (const [name, look] of Object.entries(LOOKS))
    it(`on ${name}`, async () => {
      const ran = await cli(shopHouse(), ['history', 'shop/prod'], { look });
      assertGolden(`cli/history.${name}.txt`, ran.transcript);
    });
  it('of nothing yet', async () => {
    const ran = await cli(shopHouse(), ['history', 'gitea']);
    assert.equal(ran.stdout, '');
    assert.match(ran.stderr, /gitea has not been deployed yet/);
  });
});
