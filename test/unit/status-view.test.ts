// The headline, the order of lists, and the words of containers, deploys and connections.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { problem } from '../../src/core/problem.ts';
import {
  arrow,
  checkView,
  connectionView,
  containerView,
  countOutcomes,
  deployView,
  headlineOf,
  healthWords,
  needsYou,
  outcomeView,
  sortUnits,
  stepWord,
} from '../../src/core/status-view.ts';
import type { Overview } from '../../src/model/status.ts';
import * as sample from '../support/sample-status.ts';

const { NOW_MS, overviewOf, unitStatus } = sample;

describe('the headline', () => {
  const away = { ...sample.local, reachable: false };
  const rows: [string, Overview, string][] = [
    ['some need you', sample.busyDay, '2 of 24 workloads need you. Nothing is down.'],
    [
      'one of them is down',
      overviewOf([sample.failed, sample.rolledBack, ...sample.calmUnits(3)]),
      '2 of 5 workloads need you. ledger is down.',
    ],
    ['the only one', overviewOf([sample.rolledBack]), 'shop/prod needs you. Nothing is down.'],
    ['all well', overviewOf(sample.calmUnits(24)), 'All 24 workloads run as declared. Nothing is down.'],
    ['one, well', overviewOf(sample.calmUnits(1)), 'The one workload runs as declared. Nothing is down.'],
    ['none', overviewOf([]), 'No workload is declared yet.'],
    [
      'on its way',
      overviewOf([sample.progressing, ...sample.calmUnits(3)]),
      '1 of 4 workloads is being changed. Nothing is down.',
    ],
    [
      'waiting and suspended',
      overviewOf([sample.waiting, sample.suspended, ...sample.calmUnits(2)]),
      '2 of 4 workloads run as declared, 1 is waiting and 1 is suspended. Nothing is down.',
    ],
    [
      'the engine is away',
      overviewOf(sample.calmUnits(2), { engines: [away] }),
      'All 2 workloads run as declared. Engine local does not answer, so what runs there is not known.',
    ],
    [
      'a problem of nobody',
      overviewOf(sample.calmUnits(2), { problems: [problem({ reason: 'PruneHeld', message: 'x' })] }),
      '1 problem needs you. Nothing is down.',
    ],
  ];
  for (const [name, overview, title] of rows)
    it(name, () => assert.equal(headlineOf(overview, NOW_MS).title, title));

  it('says which state is meant and how old it is', () =>
    assert.equal(
      headlineOf(sample.busyDay, NOW_MS).sentence,
      'Desired state is main@a1b2c3d from home, fetched 40 s ago. One deploy is running.',
    ));
  it('tells the oldest reading of several sources', () => {
    const stacks = { ...sample.home, name: 'stacks', type: 'directory' as const, fetchedMs: NOW_MS - 90_000 };
    assert.equal(
      headlineOf(overviewOf([], { sources: [sample.home, stacks] }), NOW_MS).sentence,
      'Desired state is main@a1b2c3d from home and the directory stacks, read 1 min ago.',
    );
  });
  it('lists who needs somebody, worst first, with the tone of the worst', () => {
    const { needs, tone, short } = headlineOf(
      overviewOf([sample.held, sample.rolledBack, sample.failed]),
      NOW_MS,
    );
    assert.deepEqual(
      needs.map((unit) => unit.unit),
      ['ledger', 'shop/prod', 'immich'],
    );
    assert.equal(tone, 'bad');
    assert.equal(short, '3 need you');
  });
});

describe('lists', () => {
  it('sort by rank, then name', () => {
    const units = [sample.fresh, unitStatus('b'), unitStatus('a'), sample.failed, sample.held];
    assert.deepEqual(
      sortUnits(units).map((unit) => unit.unit),
      ['ledger', 'immich', 'a', 'b', 'shop/staging'],
    );
  });
  it('count outcomes in order of rank', () =>
    assert.deepEqual(countOutcomes(sample.busyDay.units), [
      { outcome: 'rolled-back', count: 1 },
      { outcome: 'held', count: 1 },
      { outcome: 'progressing', count: 1 },
      { outcome: 'waiting', count: 1 },
      { outcome: 'converged', count: 20 },
    ]));
  it('do not call for anybody because of a hold that a person set', () => {
    assert.equal(needsYou({ outcome: 'held', reason: 'RollbackHold' }), false);
    assert.equal(needsYou({ outcome: 'held', reason: 'UnknownKey' }), true);
  });
});

describe('words', () => {
  it('of outcomes', () => assert.equal(outcomeView('rolled-back').word, 'rolled back'));
  it('of deploys', () => assert.equal(deployView('health_checking').word, 'health checking'));
  it('of a healthy container', () => assert.equal(containerView('running', 'healthy').word, 'healthy'));
  it('of a container without a check', () =>
    assert.equal(containerView('running', 'none').word, 'running, no check'));
  it('of a container that is gone', () => assert.equal(containerView('missing', 'healthy').word, 'missing'));
  it('of connections', () => assert.equal(connectionView('away').tone, 'bad'));
  it('of checks', () => assert.equal(checkView('off').glyph, '–'));
  it('of steps', () => assert.equal(stepWord('clean'), 'Clean up'));
  it('of a step nobody named', () => assert.equal(stepWord('Migrate'), 'Migrate'));
  it('of versions', () => assert.equal(arrow('2.1.3', '2.1.4'), '2.1.3 → 2.1.4'));
  it('of a first version', () => assert.equal(arrow(null, '2.1.4'), '2.1.4'));
  it('of health', () =>
    assert.equal(
      healthWords({ status: 'unhealthy', ready: 1, total: 2, detail: 'GET / answered 503' }),
      '1 of 2 unhealthy: GET / answered 503',
    ));
});
