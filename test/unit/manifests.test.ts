// Every broken manifest of the table gets the exact message that is written down for it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { groups } from '../support/broken-manifests/cases.ts';
import { assertGolden } from '../support/golden.ts';
import { caseProblems, problemsOf } from '../support/manifest-problems.ts';
import { problemTable } from '../support/problem-table.ts';

const cases = groups.flatMap((group) => group.cases);

describe('broken manifests', () => {
  it('are more than a hundred, each another', () => {
    assert.ok(cases.length > 100, `only ${cases.length}`);
    assert.equal(new Set(cases.map(({ what }) => what)).size, cases.length);
  });

  it('each get the message of the table', () => {
    const text = cases.map((broken) => `## ${broken.what}\n\n${problemsOf(broken).join('\n')}\n`).join('\n');
    assertGolden('manifests/messages.txt', text);
  });

  it('are the table of the documentation', () => {
    const file = join(import.meta.dirname, '../../docs/problems.md');
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, problemTable());
    assert.equal(readFileSync(file, 'utf8'), problemTable(), 'docs/problems.md: UPDATE_GOLDEN=1 writes it');
  });

  for (const broken of cases) {
    it(`are told shortly, with a place and a hint: ${broken.what}`, () => {
      const problems = caseProblems(broken);
      assert.ok(problems.length > 0, 'nothing is told');
      for (const { message, hint, file, line, column, reason } of problems) {
        assert.ok(message.length <= 160, `${message.length} characters: ${message}`);
        assert.match(message, /[.?]$/);
        assert.doesNotMatch(message, /please|sorry|oops|invalid|!$/i);
        assert.ok(hint !== null && hint.length > 0, `${message} has no hint`);
        assert.match(reason, /^[A-Z][A-Za-z0-9]+$/);
        assert.ok(file !== null && line !== null && column !== null && line > 0 && column > 0);
      }
    });
  }
});
