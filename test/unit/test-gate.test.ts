// Checks the gate that judges test runs: it must refuse each green run that proves nothing.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { describe, it } from 'node:test';
import { checkout } from '../../scripts/real-parts/paths.ts';
import { phasesFor } from '../../scripts/test-gate/phases.ts';
import { judge, runPhase } from '../../scripts/test-gate/run-phase.ts';
import { makePlace } from '../support/real/place.ts';

/** Runs one test file with this text through the gate. */
async function verdictOn(text: string): Promise<readonly string[]> {
  await using place = await makePlace('gate');
  await writeFile(place.at('sample.test.ts'), text);
  const file = relative(checkout, place.at('sample.test.ts'));
  const phase = { title: 'Sample', files: [file], needsEngine: false, atOnce: 1, timeoutMs: 20_000 };
  const reasons = await runPhase(phase, process.env);
  return reasons.map((reason) => reason.replace(file, 'sample'));
}

describe('the test gate', () => {
  for (const [what, text, reasons] of [
    ['a passing test', "import { it } from 'node:test'; it('one', () => {});", []],
    [
      'a failing test',
      "import { it } from 'node:test'; it('one', () => { throw new Error('no'); });",
      ['Sample: the runner ended with 1.'],
    ],
    ['a file without a test', 'export const nothing = 0;', ['Sample: no test ran.', 'sample ran no test.']],
    [
      'a skipped test',
      "import { it } from 'node:test'; it('one', () => {}); it.skip('two', () => {});",
      ['sample > two is skipped or todo: a test runs, or it is not there.'],
    ],
    [
      'a todo',
      "import { it } from 'node:test'; it('one', () => {}); it.todo('two');",
      ['sample > two is skipped or todo: a test runs, or it is not there.'],
    ],
    [
      'a file that cannot be loaded',
      "import './not-there.ts';",
      ['Sample: the runner ended with 1.', 'Sample: no test ran.', 'sample ran no test.'],
    ],
  ] as const) {
    it(`judges ${what}`, async () => {
      assert.deepEqual(await verdictOn(text), reasons);
    });
  }

  it('refuses a run whose result nobody wrote', () => {
    assert.deepEqual(judge({ title: 'Sample', files: ['a'] }, undefined), [
      'Sample: the runner told no result.',
    ]);
  });
});

describe('the phases', () => {
  it('put what needs an engine last', () => {
    const phases = phasesFor(['test/unit/test-gate.test.ts', 'integration']);
    assert.deepEqual(
      phases.map((phase) => [phase.title, phase.needsEngine]),
      [
        ['Without an engine', false],
        ['On a real engine', true],
      ],
    );
    assert.deepEqual(phases[0]?.files, ['test/unit/test-gate.test.ts']);
  });

  it('refuse a wish that names no test', () => {
    assert.throws(() => phasesFor(['test/unit/not-there.test.ts']), /names no test/);
  });
});
