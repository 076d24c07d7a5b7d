// The double of Nginx Proxy Manager answers every recorded request as the real one did: same status, same body but for times, tokens and secrets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertGolden } from '../support/golden.ts';
import { readRecordings } from '../support/npm/recordings.ts';
import { type Played, playScenario } from '../support/npm/replay.ts';
import { notPlayed, scenarios } from './npm-double.scenarios.ts';

const recordings = readRecordings();
const all: Played[] = [];

for (const scenario of scenarios)
  test(`recorded: ${scenario.name}`, async (context) => {
    const played = await playScenario(scenario, recordings);
    all.push(...played);
    for (const { recording, expected, seen } of played)
      await context.test(recording, () => assert.deepEqual(seen, expected));
  });

test('every recording is played, or said not to be with a reason', () => {
  const played = scenarios.flatMap(({ steps }) =>
    steps.map((step) => (typeof step === 'string' ? step : step.play)),
  );
  assert.deepEqual([...played, ...Object.keys(notPlayed)].sort(), [...recordings.keys()].sort());
});

test('the table of what was compared is the one we have', () => {
  const rows = all.map((played) => ({ ...played, values: leaves(played.seen.body) }));
  const lines = rows.map(({ recording, seen, values }) => {
    const { method, path } = recordings.get(recording)?.request ?? { method: '', path: '' };
    const forms = values.filter((value) => typeof value === 'string' && /^<.*>$/.test(value)).length;
    return [recording, `${method} ${path}`, seen.status, values.length - forms, forms].join(' | ');
  });
  const title = 'recording | request | status | values that are equal | values of the same form';
  const missing = Object.entries(notPlayed).map(([name, reason]) => `${name} | not played: ${reason}`);
  assertGolden('npm-double/compared.txt', `${[title, ...lines.sort(), ...missing].join('\n')}\n`);
});

function leaves(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value];
  const inside = Object.values(value);
  return inside.length === 0 ? [value] : inside.flatMap(leaves);
}
