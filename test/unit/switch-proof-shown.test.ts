// What was seen through the proxy during a switch is shown with its deploy: by the command, as JSON, by the API and on the page.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DeployRow } from '../../src/model/record.ts';
import type { Store } from '../../src/ports/store.ts';
import { createHouse as createSessions, record } from '../support/fake-sessions.ts';
import { textOf } from '../support/html-text.ts';
import { createHttpWorld, TOKEN } from '../support/http-world.ts';
import { cli } from '../support/run-cli.ts';
import { createHouse } from '../support/sample-house.ts';
import { busyDay, NOW_MS } from '../support/sample-status.ts';

const WORDS = '1,842 requests, 0 failed, worst gap 41 ms';
const JSON_FORM = { requests: 1842, failed: 0, worst_gap_ms: 41 };

function addDeploy(store: Store | null): DeployRow {
  assert.ok(store);
  return store.startDeploy({
    ...{ unit: 'shop/prod', workloadId: 'project.shop', status: 'success', cause: 'x' },
    ...{ fromVersion: '2.1.3', toVersion: '2.1.4', specHash: 'hash-9', digest: null, revision: null },
    ...{ reason: null, message: null, startedAtMs: NOW_MS, finishedAtMs: NOW_MS },
    ...{ proof: { requests: 1842, failed: 0, worstGapMs: 41 }, steps: [] },
  });
}

describe('the proof of a switch is shown', () => {
  it('by `history`, in words and as JSON', async () => {
    const house = createSessions();
    if (house.store !== null) record(house.store, busyDay.units, NOW_MS);
    addDeploy(house.store);
    const told = await cli(house, ['history', 'shop/prod']);
    assert.ok(told.stdout.includes(WORDS), told.stdout);
    const json = await cli(house, ['history', 'shop/prod', '-o', 'json']);
    assert.ok(JSON.stringify(JSON.parse(json.stdout)).includes(JSON.stringify(JSON_FORM)), json.stdout);
  });

  it('by the API and on the page of the deploy', async () => {
    const house = createHouse();
    const { id } = addDeploy(house.store);
    const world = createHttpWorld({ house });
    const api = await world.ask(`/api/workloads/project.shop/deploys`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const body = await api.text();
    assert.ok(body.includes(JSON.stringify(JSON_FORM)), body);
    const page = await world.ask(`/deploys/${id}`, { headers: { accept: 'text/html' } });
    assert.ok(textOf(await page.text()).includes(WORDS));
  });
});
