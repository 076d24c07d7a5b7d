// A patch that is printed for a person has to go in with the tool they have: git apply.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { unifiedDiff } from '../../src/core/unified-diff.ts';
import { makePlace } from '../support/real/place.ts';

const long = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('');

describe('a patch', () => {
  const cases: [string, string | null, string | null][] = [
    ['a file that was not there', null, 'kind: proxy\nname: nas\n'],
    ['a file that goes', 'kind: proxy\nname: nas\n', null],
    ['a line in the middle of many', long, long.replace('line 15', 'changed')],
    ['the first line', long, `first\n${long}`],
    ['the last line', long, `${long}last\n`],
    ['no line end before', 'a: 1', 'a: 1\nb: 2\n'],
    ['no line end after', 'a: 1\nb: 2\n', 'a: 1\nb: 3'],
    ['Windows line ends', 'a: 1\r\nb: 2\r\n', 'a: 1\r\nb: 3\r\n'],
    ['a file that becomes empty', 'a: 1\n', ''],
  ];
  for (const [what, before, after] of cases)
    it(`of ${what} is taken by git apply`, async () => {
      await using place = await makePlace('patch');
      mkdirSync(place.at('proxies'));
      const file = join(place.path, 'proxies', 'nas.yaml');
      if (before !== null) writeFileSync(file, before);
      const patch = unifiedDiff('proxies/nas.yaml', { before, after });
      execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: place.path, input: patch });
      assert.equal(existsSync(file) ? readFileSync(file, 'utf8') : null, after);
      rmSync(file, { force: true });
    });
  it('of nothing is empty', () => assert.equal(unifiedDiff('a', { before: 'x', after: 'x' }), ''));
});
