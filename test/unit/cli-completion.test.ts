// Completion, as a shell does it: bash itself is asked what it would offer.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { COMMANDS } from '../../src/cli/commands.ts';
import { withCommon } from '../../src/cli/flags.ts';
import { createHouse } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import { cli } from '../support/run-cli.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

describe('the completion of bash', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tinyforge-completion-'));
    await writeFile(
      join(folder, 'completion.bash'),
      (await cli(createHouse(), ['completion', 'bash'])).stdout,
    );
    const program = join(folder, 'tinyforge');
    await writeFile(
      program,
      '#!/bin/sh\ncase "$*" in\n  "status --all --output name") printf "immich\\nshop/prod\\nshop/staging\\n" ;;\n  "schema --output name") printf "project\\nstack\\n" ;;\n  *) exit 1 ;;\nesac\n',
    );
    await chmod(program, 0o755);
  });
  after(() => rm(folder, { recursive: true }));

  /** What is offered behind the line, whose last word is being written. */
  async function offered(line: string): Promise<string[]> {
    const words = line.split(' ');
    const script = `source ${folder}/completion.bash
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_tinyforge
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script], {
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    return stdout.split('\n').filter((word) => word !== '');
  }

  const rows: [line: string, words: string[]][] = [
    ['tinyforge w', ['why']],
    ['tinyforge why ', ['immich', 'shop/prod', 'shop/staging']],
    ['tinyforge why shop/p', ['shop/prod']],
    ['tinyforge -v why shop/s', ['shop/staging']],
    ['tinyforge plan --pr', ['--prune']],
    ['tinyforge plan -o ', ['table', 'json', 'name']],
    ['tinyforge status --output j', ['json', 'jsonl']],
    ['tinyforge schema st', ['stack']],
    ['tinyforge help ev', ['events']],
    ['tinyforge completion ', ['bash', 'zsh', 'fish']],
    ['tinyforge proxy ', ['add']],
    // Files are what readline offers where we offer nothing.
    ['tinyforge plan --file ', []],
    ['tinyforge doctor ', []],
    ['tinyforge nonsense ', []],
  ];
  for (const [line, words] of rows)
    it(`offers ${words.join(' ') || 'nothing'} behind "${line}"`, async () => {
      assert.deepEqual(await offered(line), words);
    });

  it('offers every command, and every flag of each', async () => {
    assert.deepEqual(
      await offered('tinyforge '),
      COMMANDS.map(({ name }) => name),
    );
    for (const { name, flags } of COMMANDS)
      assert.deepEqual(
        await offered(`tinyforge ${name} --`),
        Object.keys(withCommon(flags)).map((flag) => `--${flag}`),
      );
  });
});

describe('completion', () => {
  for (const shell of SHELLS)
    it(`for ${shell} is as drawn`, async () => {
      assertGolden(`cli/completion.${shell}.txt`, (await cli(createHouse(), ['completion', shell])).stdout);
    });
  it('names the shells that there are', async () => {
    const ran = await cli(createHouse(), ['completion', 'fsih']);
    assert.match(ran.stderr, /fsih is not a shell that can be completed here\. Did you mean fish\?/);
    assert.deepEqual([ran.code, ran.stdout], [64, '']);
  });
  it('knows of each command what its names are', () => {
    for (const { name, names, completes } of COMMANDS)
      assert.equal(completes !== undefined, names.most > 0, name);
  });
});
