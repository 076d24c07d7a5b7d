// `apply` and `sync`: what is painted and logged on the way, how it is summed up, and the exit code.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problem } from '../../src/core/problem.ts';
import type { Overview, UnitStatus } from '../../src/model/status.ts';
import type { Store } from '../../src/ports/store.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { createHouse, type House, record } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import { type Asked, cli, LOOKS, somebody } from '../support/run-cli.ts';
import * as sample from '../support/sample-status.ts';

const { NOW_MS, overviewOf, unitStatus } = sample;

function storeOf(house: House): Store {
  assert.ok(house.store);
  return house.store;
}

const miniflux = unitStatus('miniflux', { runs: '2.2.2' });
const everyone: UnitStatus[] = [sample.rolledBack, miniflux, sample.waiting, ...sample.calmUnits(3)];

/** One deploy that goes well, one that is rolled back, one removal. */
function eventful(clock: FakeClock, paceMs = 1_000): House {
  const house = createHouse();
  const store = storeOf(house);
  record(store, everyone, NOW_MS);
  const begin = (unit: UnitStatus, from: string, to: string) =>
    store.startDeploy({
      unit: unit.unit,
      workloadId: unit.workloadId,
      status: 'pulling',
      fromVersion: from,
      toVersion: to,
      specHash: 's',
      digest: null,
      revision: sample.REVISION,
      cause: `${from} → ${to}`,
      reason: null,
      message: null,
      startedAtMs: clock.nowMs(),
      finishedAtMs: null,
      proof: null,
      steps: [{ name: 'Pull', status: 'now', startedAtMs: clock.nowMs(), finishedAtMs: null, detail: null }],
    });
  const log = (deployId: number, level: 'info' | 'warn' | 'error', phase: string, text: string) =>
    store.addDeployLog({ deployId, atMs: clock.nowMs(), level, phase, text });
  const doing = (unit: UnitStatus, sentence: string): UnitStatus => ({
    ...unit,
    outcome: 'progressing',
    sentence,
  });
  house.applying = async ({ onChange }) => {
    const shop = begin(sample.rolledBack, '2.1.3', '2.1.4');
    const feeds = begin(miniflux, '2.2.1', '2.2.2');
    house.overview = overviewOf([
      doing(sample.rolledBack, 'pulling ghcr.io/acme/shop:2.1.4: 3 of 7 layers, 58 of 91 MB'),
      doing(miniflux, 'pulling docker.io/miniflux/miniflux:2.2.2: 3 of 5 layers, 11 of 18 MB'),
    ]);
    log(shop.id, 'info', 'prepare', 'pulling ghcr.io/acme/shop:2.1.4');
    log(feeds.id, 'info', 'prepare', 'pulling docker.io/miniflux/miniflux:2.2.2');
    onChange({ type: 'deploy', unit: 'shop/prod', deployId: shop.id });
    await clock.advance(16 * paceMs);
    store.updateDeploy(feeds.id, { status: 'success', finishedAtMs: clock.nowMs(), steps: [] });
    onChange({ type: 'unit', unit: 'miniflux' });
    await clock.advance(15 * paceMs);
    log(shop.id, 'error', 'prove', 'GET /healthz answered 503 five times');
    log(shop.id, 'warn', 'evidence', '{"status":"down","reason":"database migration 41 is missing"}');
    store.updateDeploy(shop.id, {
      status: 'rolled_back',
      reason: 'Unhealthy',
      message: 'GET /healthz answered 503 five times',
      finishedAtMs: clock.nowMs(),
      proof: null,
      steps: [],
    });
    store.addEvent({
      atMs: clock.nowMs(),
      severity: 'info',
      unit: 'old-blog',
      reason: 'Removed',
      message: 'removed from home in a1b2c3d',
    });
    onChange({ type: 'pass' });
    await clock.advance(1_000);
    house.overview = overviewOf(everyone);
    return house.overview;
  };
  return house;
}

describe('apply', () => {
  for (const [name, look] of Object.entries(LOOKS))
    it(`on ${name}`, async () => {
      const clock = createFakeClock({ startMs: NOW_MS });
      // On a terminal each second is a frame: a quick one fills no pages.
      const ran = await cli(eventful(clock, look.terminal === 'pipe' ? 1_000 : 50), ['apply'], {
        look,
        clock,
      });
      assertGolden(`cli/apply.${name}.txt`, ran.transcript);
      assert.equal(ran.code, 1);
    });
  it('hides the cursor and always gives it back, on an error too', async () => {
    const house = createHouse({
      applying: async () => {
        throw new Error('the disk is full');
      },
    });
    const ran = await cli(house, ['apply'], { look: LOOKS.tty80 });
    assert.ok(ran.stderr.includes('\x1b[?25l'));
    assert.ok(ran.stderr.lastIndexOf('\x1b[?25h') > ran.stderr.lastIndexOf('\x1b[?25l'));
    assert.equal(ran.code, 1);
  });
  it('paints at most ten times a second', async () => {
    const clock = createFakeClock({ startMs: NOW_MS });
    const house = createHouse();
    house.applying = async ({ onChange }) => {
      for (let ms = 0; ms < 2_000; ms += 10) {
        onChange({ type: 'event' });
        await clock.advance(10);
      }
      return overviewOf([]);
    };
    const ran = await cli(house, ['apply'], { look: LOOKS.tty80, clock });
    const frames = ran.stderr.split('Applying').length - 1;
    assert.ok(frames >= 15 && frames <= 21, `${frames} frames in 2 s`);
  });
  it('paints nothing where CI is set, and nothing at all with -q', async () => {
    const clock = createFakeClock({ startMs: NOW_MS });
    const look = { terminal: 'both', columns: 80, env: { CI: 'true', NO_COLOR: '1' } } as const;
    assert.ok(!(await cli(eventful(clock), ['apply'], { look, clock })).stderr.includes('\x1b'));
    const quiet = createFakeClock({ startMs: NOW_MS });
    assert.equal((await cli(eventful(quiet), ['apply', '-q'], { clock: quiet })).stderr, '');
  });
  it('leaves the telling to the log with -v, which would say each action once more', async () => {
    const clock = createFakeClock({ startMs: NOW_MS });
    assert.doesNotMatch((await cli(eventful(clock), ['apply', '-v'], { clock })).stderr, /pulling/);
  });
  const ends: [string, Overview, number, RegExp][] = [
    [
      'nothing to do',
      overviewOf(sample.calmUnits(24)),
      0,
      /^Nothing to do: 24 workloads are as declared at a1b2c3d\.$/m,
    ],
    [
      'something waits',
      overviewOf([sample.waiting, ...sample.calmUnits(1)]),
      3,
      /^Nothing was done\. gitea is waiting\.$/m,
    ],
    ['something is held', overviewOf([sample.held]), 3, /^Nothing was done\. immich is held\.$/m],
    ['something failed', overviewOf([sample.failed]), 1, /^Nothing was done\. ledger failed\.$/m],
    ['nothing is declared', overviewOf([]), 0, /^Nothing to do: no workload is declared\.$/m],
    [
      'a file cannot be read',
      overviewOf(sample.calmUnits(1), { problems: [problem({ reason: 'YamlUnreadable', message: 'x' })] }),
      3,
      /error: x \(YamlUnreadable\)/,
    ],
  ];
  for (const [name, overview, code, words] of ends)
    it(`where ${name} exits ${code}`, async () => {
      const ran = await cli(createHouse({ applying: async () => overview }), ['apply']);
      assert.match(ran.stdout, words);
      assert.equal(ran.code, code);
    });
  it('of one workload', async () => {
    const given: string[][] = [];
    const house = createHouse({
      applying: async ({ units }) => {
        given.push(units);
        return overviewOf(everyone);
      },
    });
    record(storeOf(house), everyone, NOW_MS);
    assert.equal((await cli(house, ['apply', 'miniflux'])).code, 0);
    assert.deepEqual(given, [['miniflux']]);
  });
  it('interrupted says what was left, and exits 130', async () => {
    const stop = new AbortController();
    const house = createHouse();
    house.applying = async () => {
      house.overview = overviewOf([sample.progressing]);
      stop.abort('SIGINT');
      throw new Error('stopped');
    };
    const ran = await cli(house, ['apply'], { signal: stop.signal });
    assert.equal(ran.code, 130);
    assert.match(
      ran.stderr,
      /Stopped after the current action\. Under way were wiki\/prod; the next apply goes on/,
    );
  });
});

describe('apply beside a running controller', () => {
  it('lets it do the work, and tells how it ended', async () => {
    const asked: Asked[] = [];
    const house = createHouse({ running: true });
    record(storeOf(house), everyone, NOW_MS);
    const ran = await cli(house, ['apply'], { fetch: somebody(asked) });
    assertGolden('cli/apply-by-controller.pipe.txt', ran.transcript);
    assert.deepEqual(asked, [
      {
        url: 'http://127.0.0.1:8480/api/sync',
        body: { units: [], wait: true, timeout_ms: 600_000 },
        headers: { 'content-type': 'application/json' },
      },
    ]);
    assert.equal(house.open, 0);
  });
  it('sends the token, and asks for prune only when that is meant', async () => {
    const asked: Asked[] = [];
    const house = createHouse({ running: true, secrets: { api: 'token-of-the-api' } });
    house.config = { ...house.config, tokens: ['api'], listen: { host: '0.0.0.0', port: 9000 } };
    await cli(house, ['apply', '--prune'], { fetch: somebody(asked) });
    assert.equal(asked[0]?.url, 'http://127.0.0.1:9000/api/sync');
    assert.equal(asked[0]?.headers.authorization, 'Bearer token-of-the-api');
    assert.equal(asked[0]?.body.prune, true);
  });
  it('tells a refusal in its own words', async () => {
    const refusal: typeof fetch = async () =>
      Response.json(
        { success: false, error: { message: 'A token is needed.', hint: 'tokens: in tinyforge.yaml' } },
        { status: 401 },
      );
    const ran = await cli(createHouse({ running: true }), ['apply'], { fetch: refusal });
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /did not take the order: A token is needed\. \(SyncRefused\)\nhint: tokens:/);
  });
});

describe('sync', () => {
  it('asks and does not wait', async () => {
    const asked: Asked[] = [];
    const house = createHouse();
    record(storeOf(house), everyone, NOW_MS);
    const ran = await cli(house, ['sync', 'shop'], { fetch: somebody(asked) });
    assert.deepEqual(asked[0]?.body, { units: ['shop/prod'], wait: false, timeout_ms: 600_000 });
    assert.equal(ran.code, 0);
    assert.match(ran.stderr, /The controller at http:\/\/127\.0\.0\.1:8480 looks now\./);
  });
  it('waits, and exits as apply does', async () => {
    const house = createHouse();
    record(storeOf(house), everyone, NOW_MS);
    assert.equal((await cli(house, ['sync', '--wait', 'gitea'], { fetch: somebody() })).code, 3);
    assert.equal((await cli(house, ['sync', '--wait', 'miniflux'], { fetch: somebody() })).code, 0);
  });
  it('says where nobody is', async () => {
    const ran = await cli(createHouse(), ['sync']);
    assertGolden('cli/sync-nobody.pipe.txt', ran.transcript);
    assert.equal(ran.code, 1);
  });
});
