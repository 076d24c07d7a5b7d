// `eject` and `adopt`: what they write down, what they say, what they refuse.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Desired } from '../../src/model/desired.ts';
import { LABEL } from '../../src/model/labels.ts';
import { createHouse, type House, record } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import { type Asked, cli, somebody } from '../support/run-cli.ts';
import { recreate as changed, planOf } from '../support/sample-plans.ts';
import * as sample from '../support/sample-status.ts';

const { NOW_MS } = sample;

function house(): House {
  const made = createHouse();
  if (made.store !== null) record(made.store, sample.busyDay.units, NOW_MS);
  return made;
}

function addContainer(
  { engine }: House,
  { name, unit, more = {} }: { name: string; unit: string; more?: Record<string, string> },
): void {
  const labels = { [LABEL.managed]: 'true', [LABEL.controller]: 'default', [LABEL.unit]: unit, ...more };
  engine.addStranger({ name, labels });
}

function ejected(made: House, unit: string, declared: boolean): House {
  made.control.eject({ unit, by: 'eva', why: null, sinceMs: NOW_MS });
  if (declared) made.wishes.set(unit, { unit } as Desired);
  return made;
}

describe('eject', () => {
  it('writes it down, lets the controller end its work, and says what runs on and what takes it back', async () => {
    const made = house();
    addContainer(made, { name: 'shop-prod-4be1c0-1', unit: 'shop/prod' });
    addContainer(made, { name: 'shop-prod-4be1c0-2', unit: 'shop/prod' });
    addContainer(made, { name: 'shop-prod-77ab01-1-failed', unit: 'shop/prod' });
    made.engine.stopByHand('shop-prod-77ab01-1-failed');
    const asked: Asked[] = [];
    const ran = await cli(made, ['eject', 'shop/prod', '--why', 'another host'], { fetch: somebody(asked) });
    assertGolden('cli/eject.pipe.txt', ran.transcript);
    const entry = { unit: 'shop/prod', by: 'admin', why: 'another host', sinceMs: NOW_MS };
    assert.deepEqual(made.control.ejection('shop/prod'), entry);
    assert.deepEqual(
      asked.map(({ url }) => url.replace(/.*8480/, '')),
      ['/healthz', '/api/sync'],
    );
    assert.match(JSON.stringify(asked), /"wait":true/);
  });
  it('of a stack names its folder and its project', async () => {
    const made = house();
    addContainer(made, {
      name: 'immich-server-1',
      unit: 'immich',
      more: {
        'com.docker.compose.project': 'immich-app',
        'com.docker.compose.project.working_dir': '/opt/stacks/immich',
      },
    });
    const ran = await cli(made, ['eject', 'immich'], { fetch: somebody() });
    assertGolden('cli/eject-stack.pipe.txt', ran.transcript);
  });
  it('knows what no record names and an engine runs', async () => {
    const made = house();
    addContainer(made, { name: 'old-1', unit: 'old' });
    const ran = await cli(made, ['eject', 'old'], { fetch: somebody() });
    assert.match(ran.stdout, /^old is ejected: old-1 runs on, and Tinyforge/);
  });
  it('works while an engine is away, and says no more than is known', async () => {
    const made = house();
    made.engine.goAway();
    const ran = await cli(made, ['eject', 'gitea'], { fetch: somebody() });
    assert.match(
      ran.stdout,
      /^gitea is ejected: what runs of it runs on, git\.example\.com still leads there/,
    );
    assert.notEqual(made.control.ejection('gitea'), null);
  });
  it('twice keeps the first time', async () => {
    const made = ejected(house(), 'gitea', true);
    const ran = await cli(made, ['eject', 'gitea'], { fetch: somebody() });
    assert.match(ran.stdout, /^gitea was ejected already and stays so: none of its containers runs now/);
    assert.equal(made.control.ejection('gitea')?.sinceMs, NOW_MS);
  });
});

describe('adopt', () => {
  it('takes back what was ejected, and says that nothing is restarted', async () => {
    const made = ejected(house(), 'gitea', true);
    made.plan = planOf({ ...changed, unit: 'gitea', actions: [], blocked: null });
    const ran = await cli(made, ['adopt', 'gitea'], { fetch: somebody() });
    assertGolden('cli/adopt.pipe.txt', ran.transcript);
    assert.equal(made.control.ejection('gitea'), null);
  });
  it('says what differs, and how to keep it from being put right', async () => {
    const made = ejected(house(), 'miniflux', true);
    made.plan = planOf(changed);
    const ran = await cli(made, ['adopt', 'miniflux'], { fetch: somebody() });
    assertGolden('cli/adopt-changed.pipe.txt', ran.transcript);
  });
  it('refuses what no manifest declares, for the next pass would remove it', async () => {
    const made = ejected(house(), 'gitea', false);
    const ran = await cli(made, ['adopt', 'gitea']);
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /No manifest declares gitea, so taken back it would be removed/);
    assert.notEqual(made.control.ejection('gitea'), null);
  });
  it('says where there was nothing to take back', async () => {
    const ran = await cli(house(), ['adopt', 'gitea']);
    assert.deepEqual([ran.stdout, ran.code], ['gitea is not ejected. Nothing was changed.\n', 0]);
  });
});
