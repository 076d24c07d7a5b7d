// `events`: what happened in words, what repeats folded, and with -f what happens from now on.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventRow } from '../../src/model/record.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createHouse, type House, record } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import { cli, LOOKS } from '../support/run-cli.ts';
import * as sample from '../support/sample-status.ts';

const { NOW_MS } = sample;
const MINUTE = 60_000;

function happened(facts: Partial<EventRow>): Omit<EventRow, 'id'> {
  return {
    atMs: NOW_MS,
    severity: 'info',
    unit: 'shop/prod',
    reason: 'Deployed',
    message: 'runs 2.1.3',
    ...facts,
  };
}

function eventful(): House {
  const house = createHouse();
  const { store } = house;
  if (store === null) throw new Error('the house has an index');
  record(store, sample.busyDay.units, NOW_MS);
  const away = (atMs: number) =>
    happened({
      ...{ atMs, unit: null, severity: 'warn', reason: 'RegistryAway' },
      message: 'ghcr.io answers 503; what runs is untouched, and it is asked again in 40 s',
    });
  store.addEvent(happened({ atMs: NOW_MS - 26 * 60 * MINUTE }));
  store.addEvent(away(NOW_MS - 70 * MINUTE));
  store.addEvent(away(NOW_MS - 69 * MINUTE));
  store.addEvent(
    happened({
      ...{ atMs: NOW_MS - 68 * MINUTE, severity: 'error', reason: 'RolledBack' },
      message: '2.1.4 did not become healthy in 20 s: GET /healthz answered 503; 2.1.3 serves',
    }),
  );
  store.addEvent(away(NOW_MS - 68 * MINUTE + 1_000));
  store.addEvent(happened({ atMs: NOW_MS - MINUTE, unit: 'shop/staging', message: 'runs main' }));
  return house;
}

describe('events', () => {
  for (const [name, look] of Object.entries(LOOKS))
    it(`${name}`, async () => {
      assertGolden(`cli/events.${name}.txt`, (await cli(eventful(), ['events'], { look })).transcript);
    });

  it('of one project are those of its stages', async () => {
    const ran = await cli(eventful(), ['events', 'shop', '-o', 'jsonl']);
    const units = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).event.unit);
    assert.deepEqual(units, ['shop/prod', 'shop/prod', 'shop/staging']);
  });

  it('are the newest where there are more than asked for', async () => {
    const ran = await cli(eventful(), ['events', '-n', '2', '-o', 'json']);
    assert.deepEqual(
      JSON.parse(ran.stdout).items.map(({ reason }: { reason: string }) => reason),
      ['RegistryAway', 'Deployed'],
    );
  });

  it('says so where nothing has happened, and when a name is not known', async () => {
    const none = await cli(createHouse(), ['events']);
    assert.deepEqual([none.code, none.stdout, none.stderr], [0, '', 'Nothing has happened yet.\n']);
    const unknown = await cli(eventful(), ['events', 'shp']);
    assert.match(unknown.stderr, /Did you mean shop\?/);
  });

  it('goes on with -f, tells each thing once, however many come at a time, and ends well with Ctrl-C', async () => {
    const house = eventful();
    const clock = createFakeClock({ startMs: NOW_MS });
    const stop = new AbortController();
    const running = cli(house, ['events', '-f', '-n', '1', '-o', 'jsonl'], { clock, signal: stop.signal });
    // It has told what there was, and sleeps.
    while (clock.sleeping() === 0) await clock.advance(0);
    const told: string[] = [];
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 250; index++) {
        const message = `${round}-${index}`;
        told.push(message);
        house.store?.addEvent(happened({ message }));
      }
      await clock.advance(1_000);
    }
    stop.abort('SIGINT');
    const { code, stdout } = await running;
    assert.equal(code, 130);
    const said = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).event.message);
    assert.deepEqual(said, ['runs main', ...told]);
  });

  const news: Partial<EventRow>[] = [
    { severity: 'error', reason: 'RolledBack', message: '2.1.4 did not become healthy; 2.1.3 serves' },
    { severity: 'warn', unit: null, reason: 'RegistryAway', message: 'ghcr.io answers 503' },
    { unit: 'shop/staging', message: `runs main${', which is a long story'.repeat(6)}` },
  ];
  for (const [name, look] of Object.entries(LOOKS))
    it(`goes on with -f as drawn: ${name}`, async () => {
      const house = eventful();
      const clock = createFakeClock({ startMs: NOW_MS });
      const stop = new AbortController();
      const running = cli(house, ['events', '-f', '-n', '2'], { look, clock, signal: stop.signal });
      while (clock.sleeping() === 0) await clock.advance(0);
      for (const [second, facts] of news.entries()) {
        house.store?.addEvent(happened({ atMs: NOW_MS + second * 1_000, ...facts }));
        await clock.advance(1_000);
      }
      stop.abort('SIGINT');
      assertGolden(`cli/events-follow.${name}.txt`, (await running).transcript);
    });

  it('cannot follow as one object', async () => {
    const ran = await cli(eventful(), ['events', '-f', '-o', 'json']);
    assert.equal(ran.code, 64);
    assert.match(ran.stdout, /events -f cannot answer as/);
  });
});
