// Words of time, size and names, and the tables of states.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { age, ago, duration, size } from '../../src/core/time-words.ts';
import { ageOrDate, clockTime, dateAndTime, since, stamp } from '../../src/core/time-words-dates.ts';
import { CHECKS, CONNECTIONS, CONTAINERS, DEPLOYS, OUTCOMES, RUNNING } from '../../src/core/words.ts';
import {
  count,
  cutEnd,
  cutMiddle,
  listed,
  shortDigest,
  shortRevision,
  shortVersion,
} from '../../src/core/words-names.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 21, 13, 2, 11, 304);

describe('ages', () => {
  const rows: [number, string][] = [
    [-5_000, 'now'],
    [0, 'now'],
    [999, 'now'],
    [1_000, '1 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [26 * 60_000, '26 min'],
    [2 * HOUR, '2 h'],
    [DAY - 1, '23 h'],
    [9 * DAY, '9 d'],
  ];
  for (const [ms, text] of rows) it(`${ms} ms is ${text}`, () => assert.equal(age(ms), text));
  it('tells a moment ago', () => assert.equal(ago(12_400), '12 s ago'));
  it('says just now', () => assert.equal(ago(200), 'just now'));
});

describe('durations', () => {
  const rows: [number, string][] = [
    [0, '0 s'],
    [40, '40 ms'],
    [400, '0.4 s'],
    [1_800, '1.8 s'],
    [6_000, '6 s'],
    [9_949, '9.9 s'],
    [9_960, '10 s'],
    [14_200, '14 s'],
    [59_700, '1 min'],
    [125_000, '2 min 5 s'],
    [3 * HOUR + 12 * 60_000, '3 h 12 min'],
    [2 * DAY + 4 * HOUR, '2 d 4 h'],
  ];
  for (const [ms, text] of rows) it(`${ms} ms takes ${text}`, () => assert.equal(duration(ms), text));
});

describe('sizes', () => {
  const rows: [number, string][] = [
    [0, '0 B'],
    [512, '512 B'],
    [1_200, '1.2 kB'],
    [999_600, '1 MB'],
    [58_000_000, '58 MB'],
    [1_230_000_000, '1.2 GB'],
    [41_000_000_000, '41 GB'],
  ];
  for (const [bytes, text] of rows) it(`${bytes} is ${text}`, () => assert.equal(size(bytes), text));
});

describe('moments', () => {
  it('is in the zone that was asked for', () => assert.equal(clockTime(NOW, 'Europe/Vienna'), '14:02'));
  it('says today', () => assert.equal(dateAndTime(NOW, NOW, 'UTC'), 'today 13:02'));
  it('says the day', () => assert.equal(dateAndTime(NOW - 3 * DAY, NOW, 'UTC'), '18 Nov 13:02'));
  it('says another year', () => assert.equal(ageOrDate(NOW - 365 * DAY, NOW, 'UTC'), '21 Nov 2025'));
  it('gives the age for a week', () => assert.equal(ageOrDate(NOW - 6 * DAY, NOW, 'UTC'), '6 d'));
  it('then gives the date', () => assert.equal(ageOrDate(NOW - 10 * DAY, NOW, 'UTC'), '11 Nov'));
  it('knows when today began in the zone', () => {
    const nearMidnight = Date.UTC(2026, 10, 20, 23, 30);
    assert.equal(since(nearMidnight, NOW, 'UTC'), '20 Nov');
    assert.equal(since(nearMidnight, NOW, 'Europe/Vienna'), '00:30');
  });
  it('stamps in UTC', () => assert.equal(stamp(NOW), '2026-11-21T13:02:11.304Z'));
});

describe('names', () => {
  const hex = '77ab01c9d2e4f6a8b0c2d4e6f8a0b2c4d6e8f0a2b4c6d8e0f2a4b6c8d0e2f4a6';
  it('shortens a digest', () => assert.equal(shortDigest(`sha256:${hex}`), 'sha256:77ab01c'));
  it('leaves a tag', () => assert.equal(shortDigest('2.1.4'), '2.1.4'));
  it('shortens a commit', () => assert.equal(shortRevision(hex.slice(0, 40)), '77ab01c'));
  it('leaves a branch', () => assert.equal(shortRevision('main'), 'main'));
  it('leaves a date that is a tag', () => assert.equal(shortVersion('20261121'), '20261121'));
  it('counts one', () => assert.equal(count(1, 'workload'), '1 workload'));
  it('counts none', () => assert.equal(count(0, 'workload'), '0 workloads'));
  it('lists', () => assert.equal(listed(['a', 'b', 'c']), 'a, b and c'));
  it('lists some', () => assert.equal(listed(['a', 'b', 'c', 'd', 'e'], 2), 'a, b and 3 more'));
  it('cuts the end', () => assert.equal(cutEnd('abcdefgh', 5), 'abcd…'));
  it('cuts the middle', () => assert.equal(cutMiddle('abcdefgh', 5), 'ab…gh'));
});

describe('states', () => {
  const all = [OUTCOMES, DEPLOYS, CONTAINERS, RUNNING, CONNECTIONS, CHECKS].flatMap((table) =>
    Object.values(table),
  );
  it('have a shape that is one cell wide and no emoji', () => {
    for (const { word, glyph } of all) {
      assert.equal([...glyph].length, 1, word);
      assert.doesNotMatch(glyph, /\p{Emoji}/u, word);
    }
  });
  it('are told apart without colour among outcomes', () => {
    const glyphs = new Set(Object.values(OUTCOMES).map((view) => view.glyph));
    assert.equal(glyphs.size, Object.keys(OUTCOMES).length);
    const icons = new Set(Object.values(OUTCOMES).map((view) => view.icon));
    assert.equal(icons.size, Object.keys(OUTCOMES).length);
  });
  it('rank outcomes from the worst, each once', () => {
    const ranks = Object.values(OUTCOMES).map((view) => view.rank);
    assert.deepEqual(ranks, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
