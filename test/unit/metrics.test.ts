// The numbers: both text formats are read back with a parser of our own, and the documented table is held to them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'node:test';
import { createMetrics } from '../../src/adapters/metrics/create-metrics.ts';
import { wantsOpenMetrics } from '../../src/adapters/metrics/open-metrics.ts';
import type { Overview } from '../../src/model/status.ts';
import type { Metrics } from '../../src/ports/metrics.ts';
import { container, status, workload } from '../contract/store-rows.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { createFakeStore } from '../support/fake-store.ts';

interface Family {
  type: string;
  help: string;
  /** `name{labels}` → value. */
  samples: Map<string, number>;
}

const OPEN = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5';

/** Strict: a line that is neither comment nor sample, or a sample outside its family, is an error. */
function parse(body: string): Map<string, Family> {
  const families = new Map<string, Family>();
  let current = '';
  for (const line of body.split('\n')) {
    if (line === '' || line === '# EOF') continue;
    const comment = /^# (HELP|TYPE) ([a-z_][a-z0-9_]*) (.+)$/.exec(line);
    if (comment !== null) {
      const [, what, name = '', text = ''] = comment;
      current = name;
      const family = families.get(name) ?? { type: '', help: '', samples: new Map() };
      families.set(name, what === 'HELP' ? { ...family, help: text } : { ...family, type: text });
      continue;
    }
    const sample = /^([a-z_][a-z0-9_]*)(\{[^{}]*\})? (NaN|[+-]?Inf|[-+0-9.e]+)$/.exec(line);
    assert.ok(sample, `not a sample: ${line}`);
    const [, name = '', labels = '', value = ''] = sample;
    assert.ok(name.startsWith(current), `${name} stands in the family ${current}`);
    families
      .get(current)
      ?.samples.set(name + labels, value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value));
  }
  return families;
}

let clock: FakeClock;
let metrics: Metrics;
const store = createFakeStore();
store.upsertWorkload(workload(), 1);
store.upsertContainer(container(), 1);

beforeEach(() => {
  clock = createFakeClock({ startMs: 1_000_000 });
  metrics = createMetrics({ clock, version: '0.1.0', controller: 'default', store });
});

const overview = (change: Partial<Overview> = {}): Overview => ({
  controller: 'default',
  version: '0.1.0',
  passId: 'p1',
  lastPassMs: 999_000,
  units: [status(), status({ unit: 'immich', kind: 'stack', outcome: 'suspended' })],
  sources: [
    {
      name: 'home',
      type: 'git',
      address: 'x',
      revision: null,
      ref: 'main',
      commit: null,
      fetchedMs: 940_000,
      problem: null,
      problems: 2,
    },
    {
      name: 'new',
      type: 'git',
      address: 'x',
      revision: null,
      ref: 'main',
      commit: null,
      fetchedMs: null,
      problem: null,
      problems: 0,
    },
  ],
  engines: [
    { name: 'local', reachable: false, version: null, apiVersion: null, containers: 31, problem: null },
  ],
  problems: [],
  orphans: [{ unit: 'old', why: 'x', containers: ['c'] }],
  ...change,
});

async function sample(name: string): Promise<number | undefined> {
  const families = parse((await metrics.render(undefined)).body);
  return [...families.values()].flatMap((family) => [...family.samples]).find(([key]) => key === name)?.[1];
}

function everything(): void {
  metrics.passEnded({ durationMs: 120, result: 'success' });
  metrics.passEnded({ durationMs: 70, result: 'error' });
  metrics.actionEnded({ type: 'pullImage', durationMs: 4_000, result: 'success' });
  metrics.deployEnded({ unit: 'shop/prod', kind: 'project', result: 'rolled_back', durationMs: 41_000 });
  metrics.webhook({ hook: 'hub', result: 'refused' });
  metrics.observe(overview());
}

const expected: [string, number][] = [
  ['tinyforge_reconcile_passes_total{result="success"}', 1],
  ['tinyforge_reconcile_passes_total{result="error"}', 1],
  ['tinyforge_reconcile_duration_seconds_count', 2],
  ['tinyforge_reconcile_duration_seconds_sum', 0.19],
  ['tinyforge_reconcile_duration_seconds_bucket{le="0.1"}', 1],
  ['tinyforge_reconcile_duration_seconds_bucket{le="+Inf"}', 2],
  ['tinyforge_reconcile_last_success_timestamp_seconds', 1_000],
  ['tinyforge_actions_total{type="pullImage",result="success"}', 1],
  ['tinyforge_action_duration_seconds_sum{type="pullImage"}', 4],
  ['tinyforge_deploys_total{kind="project",result="rolled_back"}', 1],
  ['tinyforge_deploy_duration_seconds_sum{kind="project",result="rolled_back"}', 41],
  ['tinyforge_webhook_deliveries_total{hook="hub",result="refused"}', 1],
  ['tinyforge_workload_outcome{unit="shop/prod",kind="project",outcome="converged"}', 1],
  ['tinyforge_workload_outcome{unit="shop/prod",kind="project",outcome="failed"}', 0],
  ['tinyforge_suspend_status{unit="immich",kind="stack"}', 1],
  ['tinyforge_suspend_status{unit="shop/prod",kind="project"}', 0],
  ['tinyforge_containers{state="running"}', 1],
  ['tinyforge_containers{state="missing"}', 0],
  ['tinyforge_orphans', 1],
  ['tinyforge_source_last_fetch_timestamp_seconds{source="home"}', 940],
  ['tinyforge_source_last_fetch_age_seconds{source="home"}', 60],
  ['tinyforge_source_problems{source="home"}', 2],
  ['tinyforge_engine_up{engine="local"}', 0],
  ['tinyforge_engine_containers{engine="local"}', 31],
  [`tinyforge_build_info{version="0.1.0",controller="default",node="${process.version}"}`, 1],
];

describe('metrics', () => {
  for (const [name, value] of expected) {
    it(name, async () => {
      everything();
      assert.equal(await sample(name), value);
    });
  }

  it('tell the age of a fetch at the time of the scrape', async () => {
    metrics.observe(overview());
    clock.jump(1_240_000);
    assert.equal(await sample('tinyforge_source_last_fetch_age_seconds{source="home"}'), 300);
    assert.equal(await sample('tinyforge_source_last_fetch_age_seconds{source="new"}'), undefined);
  });

  it('drop what is gone', async () => {
    metrics.observe(overview());
    assert.match((await metrics.render(undefined)).body, /shop.*immich.*home.*local/s);
    metrics.observe(overview({ units: [], sources: [], engines: [] }));
    const { body } = await metrics.render(undefined);
    assert.ok(!/shop|immich|home|local/.test(body));
  });

  it('are there before the first pass', async () => {
    assert.equal(await sample('tinyforge_reconcile_last_success_timestamp_seconds'), 0);
    assert.equal(await sample('tinyforge_containers{state="running"}'), 1);
    assert.ok(((await sample('process_resident_memory_bytes')) ?? 0) > 1_000_000);
  });

  it('keep their labels bounded', async () => {
    for (let i = 0; i < 5_000; i += 1) metrics.webhook({ hook: `hook-${i}`, result: 'refused' });
    const families = parse((await metrics.render(undefined)).body);
    const samples = families.get('tinyforge_webhook_deliveries_total')?.samples;
    assert.equal(samples?.size, 101);
    assert.equal(samples?.get('tinyforge_webhook_deliveries_total{hook="other",result="refused"}'), 4_900);
  });
});

describe('formats', () => {
  it('is the text format unless asked otherwise', async () => {
    const { contentType, body } = await metrics.render('text/plain');
    assert.equal(contentType, 'text/plain; version=0.0.4; charset=utf-8');
    assert.ok(!body.includes('# EOF'));
    assert.ok(body.endsWith('\n'));
  });

  it('is OpenMetrics where the scraper asks for it', async () => {
    everything();
    const { contentType, body } = await metrics.render(OPEN);
    assert.equal(contentType, 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    assert.ok(body.endsWith('\n# EOF\n'));
    assert.ok(!body.includes('\n\n'));
    const families = parse(body);
    for (const [name, { type, samples, help }] of families) {
      assert.ok(help !== '', name);
      assert.ok(!name.endsWith('_total'), `${name}: families are named without _total`);
      if (type !== 'counter') continue;
      for (const key of samples.keys()) assert.match(key, new RegExp(`^${name}_total(\\{|$)`));
    }
    assert.equal(families.get('tinyforge_actions')?.type, 'counter');
  });

  it('stays the same when both are asked for in turn', async () => {
    everything();
    const names = async (accept?: string) => [...parse((await metrics.render(accept)).body).keys()];
    const [before, open] = [await names(), await names(OPEN)];
    assert.deepEqual(await names(), before);
    assert.deepEqual(await names(OPEN), open);
    assert.ok(before.includes('tinyforge_actions_total'));
  });

  const accepts: [string | undefined, boolean][] = [
    [undefined, false],
    ['*/*', false],
    ['text/plain;version=0.0.4', false],
    ['application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3', true],
    ['text/plain, Application/OpenMetrics-Text', true],
    ['application/openmetrics-text;q=0', false],
    ['application/openmetrics-textile', false],
  ];
  for (const [accept, wanted] of accepts) {
    it(`Accept: ${accept}`, () => assert.equal(wantsOpenMetrics(accept), wanted));
  }
});

describe('docs/metrics.md', () => {
  it('has a row for each metric, with its type and labels, and no other', async () => {
    everything();
    const text = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(tinyforge_\w+)` \| (\w+) \| (.*?) ?\| /gm)].map(
      ([, name, type, labels = '']) =>
        `${name} ${type} ${[...labels.matchAll(/`(\w+)`/g)]
          .map(([, l]) => l)
          .sort()
          .join()}`,
    );
    const families = parse((await metrics.render(undefined)).body);
    const real = [...families]
      .filter(([name]) => name.startsWith('tinyforge_'))
      .map(([name, { type, samples }]) => {
        const labels = new Set(
          [...samples.keys()].flatMap((key) => [...key.matchAll(/(\w+)="/g)].map(([, l]) => l)),
        );
        labels.delete('le');
        return `${name} ${type} ${[...labels].sort().join()}`;
      });
    assert.deepEqual(rows.sort(), real.sort());
  });
});
