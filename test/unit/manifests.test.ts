// Every broken manifest of the table gets the exact message that is written down for it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { groups } from '../support/broken-manifests/cases.ts';
import { assertGolden } from '../support/golden.ts';
import { problemsOf } from '../support/manifest-problems.ts';

const cases = groups.flatMap((group) => group.cases);

describe('broken manifests', () => {
  it('are at least sixty', () => {
    assert.ok(cases.length >= 60, `only ${cases.length}`);
  });

  it('each get the message of the table', () => {
    const text = cases.map((broken) => `## ${broken.what}\n\n${problemsOf(broken).join('\n')}\n`).join('\n');
    assertGolden('manifests/messages.txt', text);
  });
});
