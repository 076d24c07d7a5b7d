// The command line itself: flags, help, near misses, exit codes, colours.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { readDuration } from '../../src/cli/durations.ts';
import { fault } from '../../src/model/errors.ts';
import { createHouse, record } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import { cli } from '../support/run-cli.ts';
import * as sample from '../support/sample-status.ts';

describe('help', () => {
  it('of all', async () => assertGolden('cli/help.txt', (await cli(createHouse(), ['--help'])).transcript));
  for (const command of COMMANDS)
    it(`of ${command.name}`, async () => {
      const ran = await cli(createHouse(), [command.name, '--help']);
      assertGolden(`cli/help-${command.name}.txt`, ran.transcript);
      assert.equal((await cli(createHouse(), ['help', command.name])).stdout, ran.stdout);
    });
  it('gives three examples of each command', () => {
    for (const { name, examples } of COMMANDS) {
      assert.equal(examples.length, 3, name);
      for (const [line] of examples) assert.match(line, /^tinyforge /);
    }
  });
  it('comes on stderr where no command was given', async () => {
    const ran = await cli(createHouse(), []);
    assert.deepEqual([ran.code, ran.stdout], [64, '']);
  });
});

describe('a wrong command line exits 64 and says what was meant', () => {
  const rows: [string, string[], RegExp][] = [
    ['a command', ['statsu'], /statsu is not a command\. Did you mean status\?/],
    [
      'a flag',
      ['status', '--exit-staus'],
      /--exit-staus is not a flag of status\. Did you mean --exit-status\?/,
    ],
    ['a value that is missing', ['plan', '--data'], /--data needs a value: --data DIR\./],
    ['a value too many', ['plan', '--prune=yes'], /--prune takes no value\./],
    ['a name that is missing', ['why'], /why needs a name: tinyforge why NAME\./],
    ['a name too many', ['why', 'a', 'b'], /why does not know what to do with "b"\./],
    ['an answer it cannot give', ['plan', '-o', 'yaml'], /plan cannot answer as "yaml"\./],
    ['a duration', ['plan', '--timeout', 'soon'], /--timeout soon is not a duration\./],
    ['a kind', ['schema', 'stak'], /stak is not a kind of manifest\. Did you mean `stack`\?/],
    ['a number', ['history', 'shop/prod', '-n', 'ten'], /--limit ten is not a whole number/],
  ];
  for (const [name, argv, message] of rows)
    it(name, async () => {
      const house = createHouse();
      if (house.store !== null) record(house.store, [sample.rolledBack], sample.NOW_MS);
      const ran = await cli(house, argv);
      assert.match(ran.stderr, message);
      assert.deepEqual([ran.code, ran.stdout, house.open], [64, '', 0]);
    });
});

describe('flags', () => {
  it('are taken before the command and behind it', async () => {
    const house = createHouse();
    await cli(house, ['--data', '/tmp/a', 'plan', '--directory', './forge.d', '-f', 'my.yaml']);
    assert.deepEqual(house.asked, [
      { file: 'my.yaml', overrides: { data: '/tmp/a', directory: './forge.d' } },
    ]);
  });
  it('-f follows in logs, where --file is still the configuration', async () => {
    const house = createHouse();
    const ran = await cli(house, ['logs', 'shop', '-f', '--file', 'my.yaml']);
    assert.equal(ran.code, 64);
    assert.equal(house.asked[0]?.file, 'my.yaml');
  });
  for (const [text, ms] of [
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
  ] as const)
    it(`--timeout ${text}`, () => assert.equal(readDuration('timeout', text), ms));
});

describe('colours', () => {
  const painted = async (argv: string[], env: Record<string, string>, terminal: 'both' | 'pipe') => {
    const house = createHouse();
    if (house.store !== null) record(house.store, [sample.rolledBack], sample.NOW_MS);
    const ran = await cli(house, ['status', ...argv], { look: { terminal, columns: 100, env } });
    return ran.stdout.includes('\x1b[');
  };
  const rows: [string, string[], Record<string, string>, 'both' | 'pipe', boolean][] = [
    ['on a terminal', [], {}, 'both', true],
    ['not in a pipe', [], {}, 'pipe', false],
    ['not with NO_COLOR', [], { NO_COLOR: '1' }, 'both', false],
    ['an empty NO_COLOR says nothing', [], { NO_COLOR: '' }, 'both', true],
    ['not on a dumb terminal', [], { TERM: 'dumb' }, 'both', false],
    ['not with --no-color', ['--no-color'], { FORCE_COLOR: '1' }, 'both', false],
    ['with --color in a pipe', ['--color'], {}, 'pipe', true],
    ['with FORCE_COLOR in a pipe', [], { FORCE_COLOR: '1' }, 'pipe', true],
  ];
  for (const [name, argv, env, terminal, expected] of rows)
    it(name, async () => assert.equal(await painted(argv, env, terminal), expected));
});

describe('errors', () => {
  const broken = () =>
    createHouse({
      configFault: fault({
        code: 'CONFIG_WRONG',
        reason: 'ConfigWrong',
        message: 'tinyforge.yaml has 2 problems. Nothing was started',
        hint: 'Correct them; every key is in docs/configuration.md.',
        disposition: 'stalled',
        evidence: [
          'tinyforge.yaml:3:1 `sorces` is not a key. Did you mean `sources`?',
          'tinyforge.yaml:7:9 poll must be a duration.',
        ],
      }),
    });
  it('are four parts on stderr, and the exit code is 1', async () => {
    const ran = await cli(broken(), ['plan']);
    assertGolden('cli/config-error.txt', ran.transcript);
  });
  it('are an object for programs', async () => {
    const ran = await cli(broken(), ['plan', '-o', 'json']);
    assert.equal(ran.stderr, '');
    assert.equal(JSON.parse(ran.stdout).kind, 'Error');
    assert.equal(JSON.parse(ran.stdout).reason, 'ConfigWrong');
  });
  it('nobody foresaw are called so, and -v shows where they come from', async () => {
    const house = createHouse({
      applying: async () => {
        throw new TypeError('x is undefined');
      },
    });
    const ran = await cli(house, ['apply', '-v']);
    assert.match(ran.stderr, /This was not foreseen: x is undefined\. \(Unexpected\)/);
    assert.match(ran.stderr, /cli-usage\.test\.ts/);
    assert.deepEqual([ran.code, house.open], [1, 0]);
  });
});

describe('small commands', () => {
  it('version', async () => {
    assert.equal((await cli(createHouse(), ['version'])).stdout, 'tinyforge 0.1.0\n');
    assert.equal((await cli(createHouse(), ['--version'])).stdout, 'tinyforge 0.1.0\n');
  });
  it('schema', async () => {
    assert.equal(JSON.parse((await cli(createHouse(), ['schema', 'stack'])).stdout).title, 'stack');
    assert.equal((await cli(createHouse(), ['schema', '-o', 'name'])).stdout, 'project\nstack\nsite\n');
  });
  it('run serves until it is told to stop, and that is no failure', async () => {
    const stop = new AbortController();
    const house = createHouse();
    const running = cli(house, ['run'], { signal: stop.signal });
    stop.abort('SIGTERM');
    const ran = await running;
    assertGolden('cli/run.txt', ran.transcript);
    assert.equal(house.open, 0);
  });
});
