// The double of Nginx Proxy Manager answers every recorded request as the real one did: same status, same body but for times, tokens and secrets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecordings } from '../support/npm/recordings.ts';
import { playScenario } from '../support/npm/replay.ts';
import { notPlayed, scenarios } from './npm-double.scenarios.ts';

const recordings = readRecordings();

for (const scenario of scenarios)
  test(`recorded: ${scenario.name}`, async (context) => {
    const played = await playScenario(scenario, recordings);
    for (const { recording, expected, seen } of played)
      await context.test(recording, () => assert.deepEqual(seen, expected));
  });

test('every recording is played, or said not to be with a reason', () => {
  const played = scenarios.flatMap(({ steps }) =>
    steps.map((step) => (typeof step === 'string' ? step : step.play)),
  );
  assert.deepEqual([...played, ...Object.keys(notPlayed)].sort(), [...recordings.keys()].sort());
});
