// Checks the gate that judges test runs: it must refuse each green run that proves nothing.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { checkout } from '../../scripts/real-parts/paths.ts';
import { phasesFor } from '../../scripts/test-gate/phases.ts';
import { alone, begunFirst } from '../../scripts/test-gate/real-files.ts';
import { judge, runInLanes, runPhase } from '../../scripts/test-gate/run-phase.ts';
import { makePlace } from '../support/real/place.ts';

/** Runs one test file with this text through the gate. */
async function verdictOn(text: string): Promise<readonly string[]> {
  await using place = await makePlace('gate');
  await writeFile(place.at('sample.test.ts'), text);
  const file = relative(checkout, place.at('sample.test.ts'));
  const phase = { title: 'Sample', files: [file], needsEngine: false, atOnce: 1, timeoutMs: 20_000 };
  const reasons = await runPhase(phase, process.env);
  return reasons.map((reason) => reason.replace(file, 'sample').replace(/\n\s*/g, ' '));
}

describe('the test gate', () => {
  for (const [what, text, reasons] of [
    ['a passing test', "import { it } from 'node:test'; it('one', () => {});", []],
    [
      'a failing test',
      "import { it } from 'node:test'; it('one', () => { throw new Error('no'); });",
      ['Sample: the runner ended with 1.', /^sample > one failed\. Error: no at /],
    ],
    [
      'a failing test whose clean-up fails as well',
      // What `await using` throws, which is no syntax of Node 22.
      "import { it } from 'node:test'; it('one', () => { throw Object.assign(new Error('two'), { suppressed: new Error('no'), error: new Error('left behind') }); });",
      [
        'Sample: the runner ended with 1.',
        /^sample > one failed\. Error: no at .*and then its clean-up failed: Error: left behind at /,
      ],
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
      [
        'Sample: the runner ended with 1.',
        'Sample: no test ran.',
        'sample ran no test.',
        /^sample failed\..*Cannot find module/,
      ],
    ],
  ] as const) {
    it(`judges ${what}`, async () => {
      const verdict = await verdictOn(text);
      assert.equal(verdict.length, reasons.length, verdict.join('\n'));
      for (const [index, reason] of reasons.entries())
        typeof reason === 'string'
          ? assert.equal(verdict[index], reason)
          : assert.match(verdict[index] ?? '', reason);
    });
  }

  it('runs each file once in one of the lanes, and says of which file a reason is', async () => {
    await using place = await makePlace('gate');
    const files: string[] = [];
    for (const [name, then] of [
      ['a', 'await other("b");'],
      ['b', 'await other("a"); throw new Error("no");'],
      ['c', ''],
    ]) {
      // The first two end only where they run at the same time; the third finds a lane that has become free.
      await writeFile(
        place.at(`${name}.test.ts`),
        `import { existsSync, writeFileSync, appendFileSync } from 'node:fs';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
const other = async (name: string) => { while (!existsSync('${place.path}/' + name)) await delay(10); };
it('one', async () => {
  writeFileSync('${place.at(name ?? '')}', '');
  appendFileSync('${place.at('ran')}', '${name} on ' + process.env.LANE + '\\n');
  ${then}
});`,
      );
      files.push(relative(checkout, place.at(`${name}.test.ts`)));
    }
    const phase = { title: 'Sample', files, needsEngine: true, atOnce: 2, timeoutMs: 20_000 };
    const reasons = await runInLanes(phase, [
      { ...process.env, LANE: 'left' },
      { ...process.env, LANE: 'right' },
    ]);
    assert.equal(reasons[0], `${files[1]}: the runner ended with 1.`);
    assert.match(reasons[1] ?? '', /b\.test\.ts > one failed\.\n {6}Error: no\n/);
    assert.equal(reasons.length, 2);
    const ran = readFileSync(place.at('ran'), 'utf8').trim().split('\n').sort();
    assert.deepEqual(ran.slice(0, 2), ['a on left', 'b on right']);
    assert.match(ran[2] ?? '', /^c on (?:left|right)$/);
  });

  it('refuses a run whose result nobody wrote', () => {
    assert.deepEqual(judge({ title: 'Sample', files: ['a'] }, undefined), [
      'Sample: the runner told no result.',
    ]);
  });
});

/** Of the files on the real engine that run two at a time, those whose text says so; scripts/test-gate/real-files.ts has the others. */
function besideOthers(text: RegExp): readonly string[] {
  const phase = phasesFor([]).find(({ needsEngine, atOnce }) => needsEngine && atOnce > 1);
  return phase?.files.filter((file) => text.test(readFileSync(join(checkout, file), 'utf8'))) ?? [];
}

describe('the phases', () => {
  it('put what needs an engine last, and last of all what has the machine to itself', () => {
    const phases = phasesFor(['test/unit/test-gate.test.ts', 'integration']);
    assert.deepEqual(
      phases.map(({ title, needsEngine, atOnce }) => [title, needsEngine, atOnce]),
      [
        ['Without an engine', false, 2],
        ['On a real engine', true, 2],
        ['On a real engine, alone', true, 1],
      ],
    );
    assert.deepEqual(phases[0]?.files, ['test/unit/test-gate.test.ts']);
  });

  it('run every test file once, those that take long before the others', () => {
    const phases = phasesFor([]);
    const files = phases.flatMap((phase) => phase.files);
    assert.deepEqual([...new Set(files)].length, files.length);
    assert.deepEqual(files.toSorted(), globSync('test/**/*.test.ts').sort());
    assert.deepEqual(phases[1]?.files.slice(0, begunFirst.length), begunFirst);
    assert.deepEqual(phases[2]?.files, alone.toSorted());
  });

  it('let nothing run beside a file on the real engine that measures how long something took', () => {
    const judgesTime = /assert\.ok\([^;]*(?:performance\.now\(\)(?: - \w+)?|\b(?:\w*Ms|ms|ratio)) <=? /;
    assert.deepEqual(besideOthers(judgesTime), []);
  });

  it('let nothing run beside a load of many clients: the machine is busy with that', () => {
    assert.deepEqual(besideOthers(/switchesUnderLoad|CALM_LANES|MIXED_LANES|clients: \d\d/), []);
  });

  it('play the demo once at a time: it has one place in a checkout', () => {
    assert.ok(besideOthers(/'scripts\/demo'/).length <= 1);
  });

  it('refuse a wish that names no test', () => {
    assert.throws(() => phasesFor(['test/unit/not-there.test.ts']), /names no test/);
  });
});
