// Completion, as a shell does it: bash, zsh and fish themselves are asked what they would offer.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.ts';
import { withCommon } from '../../src/cli/flags.ts';
import { createHouse } from '../support/fake-sessions.ts';
import { assertGolden } from '../support/golden.ts';
import {
  bash,
  type CompletingShell,
  fish,
  type Offered,
  zsh,
  zshThatSources,
} from '../support/real/completing-shells.ts';
import { makePlace, type Place } from '../support/real/place.ts';
import { cli } from '../support/run-cli.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** What a shell asks, answered without a house behind it. */
const PROGRAM = `#!/bin/sh
case "$*" in
  "status --all --output name") printf "immich\\nshop/prod\\nshop/staging\\n" ;;
  "schema --output name") printf "project\\nstack\\n" ;;
  *) exit 1 ;;
esac
`;

/** `a file`: the one that lies there, by zsh and fish; to bash nothing is offered, and then readline completes files. */
const ROWS: [line: string, words: string[] | 'a file'][] = [
  ['tinyforge w', ['why']],
  ['tinyforge why ', ['immich', 'shop/prod', 'shop/staging']],
  ['tinyforge why shop/p', ['shop/prod']],
  ['tinyforge -v why shop/s', ['shop/staging']],
  ['tinyforge --data /srv --file my.yaml -v why shop/s', ['shop/staging']],
  ['tinyforge --data /srv w', ['why']],
  ['tinyforge --data=/srv w', ['why']],
  ['tinyforge --data ', 'a file'],
  ['tinyforge --git ', []],
  ['tinyforge --ver', ['--verbose', '--version']],
  ['tinyforge plan --pr', ['--prune']],
  ['tinyforge plan -o ', ['json', 'name', 'table']],
  ['tinyforge status --output j', ['json', 'jsonl']],
  ['tinyforge status --output=j', ['json', 'jsonl']],
  ['tinyforge plan --output=', ['json', 'name', 'table']],
  ['tinyforge schema st', ['stack']],
  ['tinyforge help ev', ['events']],
  ['tinyforge completion ', ['bash', 'fish', 'zsh']],
  ['tinyforge proxy ', ['add']],
  ['tinyforge plan --file ', 'a file'],
  ['tinyforge doctor ', []],
  ['tinyforge nonsense ', []],
  // A workload may be called as a command is.
  ['tinyforge why plan --pr', []],
];

const REAL: [shell: (typeof SHELLS)[number], start: CompletingShell, how: string][] = [
  ['bash', bash, ''],
  ['zsh', zsh, ''],
  ['zsh', zshThatSources, ', loaded by source'],
  ['fish', fish, ''],
];

for (const [shell, start, how] of REAL)
  describe(`the completion of ${shell}${how}`, () => {
    let place: Place;
    let offered: Offered;
    before(async () => {
      place = await makePlace('completion');
      await writeFile(place.at('tinyforge'), PROGRAM, { mode: 0o755 });
      await mkdir(place.at('here'));
      await writeFile(place.at('here/mine.yaml'), '');
      const script = place.at(`completion.${shell}`);
      await writeFile(script, (await cli(createHouse(), ['completion', shell])).stdout);
      const asked = await start(place, script, place.at('here'));
      offered = async (line) => (await asked(line)).sort();
    });
    after(() => place.remove());

    for (const [line, words] of ROWS)
      it(`offers ${words === 'a file' ? words : words.join(' ') || 'nothing'} behind "${line}"`, async () => {
        const file = shell === 'bash' ? [] : ['mine.yaml'];
        assert.deepEqual(await offered(line), words === 'a file' ? file : words);
      });

    it('offers every command, and every flag of each', async () => {
      assert.deepEqual(await offered('tinyforge '), COMMANDS.map(({ name }) => name).sort());
      for (const { name, flags } of COMMANDS)
        assert.deepEqual(
          await offered(`tinyforge ${name} --`),
          Object.keys(withCommon(flags))
            .map((flag) => `--${flag}`)
            .sort(),
          name,
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
