// What Prometheus says of a canary decides: beyond its bounds it is taken back, without an answer it waits, without data it is told.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fault } from '../../src/model/errors.ts';
import type { Measures } from '../../src/ports/measures.ts';
import { createFakeProxy, type FakeProxy } from '../support/fake-proxy.ts';
import { createLoopRig, type LoopRig } from '../support/loop-rig.ts';
import { catalogOf, proxied, settings } from '../support/manifest-catalog.ts';

const METRIC = { name: 'error rate', query: 'errors{container="{{container}}"}', max: 0.01, interval: '2s' };
const STEPS = [
  { share: '10%', for: '10s' },
  { share: '50%', for: '10s' },
];

const shop = (tag: string, metrics: readonly object[] = [METRIC]) =>
  JSON.stringify({
    kind: 'project',
    name: 'shop',
    image: 'example/shop',
    tag,
    port: 8080,
    domains: ['shop.example.com'],
    healthcheck: { http: '/healthz', interval: '100ms', retries: 2 },
    canary: { steps: STEPS, metrics },
  });

interface House {
  rig: LoopRig;
  proxy: FakeProxy;
  asked: string[];
  write(text: string): Promise<void>;
  serving(): string[];
  shares(): number[];
}

/** v1 serves; `answer` is what Prometheus says from then on. */
async function house(answer: (count: number) => number[] | Error): Promise<House> {
  const asked: string[] = [];
  const measures: Measures = {
    async ask(query) {
      asked.push(query);
      const told = answer(asked.length);
      if (told instanceof Error) throw told;
      return told;
    },
  };
  const proxy = createFakeProxy();
  const rig = createLoopRig({ proxy, measures });
  await rig.engine.runtime().ensureNetwork('proxy', {});
  for (const tag of ['v1', 'v2']) rig.engine.addImage(`example/shop:${tag}`);
  const write = async (text: string): Promise<void> => {
    rig.files.set('shop.json', text);
    await rig.settle();
  };
  await write(shop('v1'));
  assert.deepEqual(asked, [], 'the first version is no canary');
  proxy.forget();
  return {
    rig,
    proxy,
    asked,
    write,
    serving: () =>
      rig.containers().flatMap((entry) => (/ running$/.test(entry) ? entry.replace(/ running$/, '') : [])),
    shares: () => proxy.puts().map(({ traffic }) => traffic?.canary?.share ?? 1),
  };
}

const away = fault({
  code: 'X',
  reason: 'MeasuresAway',
  message: 'Prometheus is away',
  disposition: 'retry',
});

describe('a canary that is measured', () => {
  it('goes on while every value is within, asked for the container that is new', async () => {
    const at = await house(() => [0.001, 0.01]);
    await at.write(shop('v2'));
    assert.deepEqual(at.shares(), [0.1, 0.5, 1]);
    const [container = '?'] = at.serving();
    assert.deepEqual([...new Set(at.asked)], [`errors{container="${container}"}`]);
    assert.ok(at.asked.length >= 8, `${at.asked.length} times in two steps of ten seconds, each two seconds`);
  });

  for (const [what, metric, values, told] of [
    ['above the most', METRIC, [0.004, 0.0512], 'error rate is 0.0512, more than 0.01'],
    ['infinite', METRIC, [Number.POSITIVE_INFINITY], 'error rate is Infinity, more than 0.01'],
    [
      'below the least',
      { ...METRIC, name: 'logins', max: undefined, min: 5 },
      [4],
      'logins is 4, less than 5',
    ],
  ] as const)
    it(`is taken back as soon as a value is ${what}`, async () => {
      const at = await house((count) => (count < 7 ? ['min' in metric ? metric.min : 0] : [...values]));
      const [old] = at.serving();
      await at.write(shop('v2', [metric]));
      assert.deepEqual(at.serving(), [old]);
      assert.deepEqual(at.shares().slice(0, 2), [0.1, 0.5]);
      const { reason, sentence } = at.rig.status('shop');
      assert.equal(reason, 'CanaryFailed', sentence);
      assert.ok(sentence.includes(`50 % of the clients: ${told}`), sentence);
      assert.deepEqual(at.proxy.trafficOf('shop'), [`${old?.replace(/-1$/, '')}:8080`]);
    });

  it('is asked at the end of a step that is shorter than its interval', async () => {
    const at = await house(() => [1]);
    await at.write(shop('v2', [{ ...METRIC, interval: '1h' }]));
    assert.equal(at.asked.length, 1);
    assert.equal(at.rig.status('shop').reason, 'CanaryFailed');
  });

  it('goes on without data, and says that it did', async () => {
    const at = await house(() => []);
    await at.write(shop('v2'));
    assert.deepEqual(at.shares(), [0.1, 0.5, 1]);
    const events = at.rig.store.events({ unit: 'shop', limit: 50 });
    assert.deepEqual(
      events
        .filter(({ reason }) => reason === 'CanaryUnmeasured')
        .map(({ message }) => message)
        .sort(),
      [10, 50].map(
        (share) => `v2 went on from ${share} % of the clients although Prometheus had no data for error rate`,
      ),
    );
  });

  it('stays at its step while Prometheus does not answer, and goes on when it does', async () => {
    let outage = 0;
    const at = await house(() => (outage++ < 30 ? away : [0]));
    const before = at.rig.clock.nowMs();
    await at.write(shop('v2'));
    assert.deepEqual(at.shares(), [0.1, 0.5, 1]);
    assert.ok(at.rig.clock.nowMs() - before > 30_000, 'the step was longer than it is by itself');
  });

  it('is taken back where Prometheus never answers, after a time that the step itself does not need', async () => {
    const at = await house(() => away);
    const [old] = at.serving();
    const before = at.rig.clock.nowMs();
    await at.write(shop('v2'));
    assert.deepEqual(at.serving(), [old]);
    assert.match(at.rig.status('shop').sentence, /nobody could tell how it does: Prometheus is away/);
    assert.deepEqual(at.shares()[0], 0.1);
    assert.ok(!at.shares().includes(0.5));
    assert.ok(at.rig.clock.nowMs() - before >= 70_000);
  });

  it('is taken back at once where the query itself is wrong', async () => {
    const refused = fault({
      code: 'X',
      reason: 'QueryRefused',
      message: 'Prometheus does not take the query: parse error',
      disposition: 'stalled',
    });
    const at = await house(() => refused);
    await at.write(shop('v2'));
    assert.match(
      at.rig.status('shop').sentence,
      /error rate: Prometheus does not take the query: parse error/,
    );
    assert.equal(at.asked.length, 1);
  });
});

describe('metrics in a manifest', () => {
  const wrong: [what: string, metric: object, reason: string][] = [
    ['without a bound', { max: undefined }, 'MissingKey'],
    ['with bounds that leave nothing', { min: 2, max: 1 }, 'Conflict'],
    ['with a word that stands for nothing', { query: 'x{pod="{{ pod }}"}' }, 'UnknownReference'],
    ['asked more than once a second', { interval: '10ms' }, 'OutOfRange'],
    ['with an address of its own', { address: 'http://169.254.169.254' }, 'UnknownKey'],
  ];
  for (const [what, change, reason] of wrong)
    it(`${what} are refused`, () => {
      const { problems } = catalogOf(shop('v1', [{ ...METRIC, ...change }]), {
        proxy: proxied,
        isMeasured: true,
      });
      assert.deepEqual(
        problems.map((one) => one.reason),
        [reason],
      );
    });

  it('need a Prometheus in tinyforge.yaml', () => {
    assert.equal(settings.isMeasured, false);
    const { problems } = catalogOf(shop('v1'), { proxy: proxied });
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      ['MissingSetting'],
    );
  });
});
