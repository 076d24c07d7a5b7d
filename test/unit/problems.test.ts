// The catalogue of reasons: complete, short, kind, and with a hint each.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { knownReasons, reasonHelp } from '../../src/core/problems.ts';

const SOURCE = path.join(import.meta.dirname, '../../src');
/** Where the reasons of a workload come from; those of manifests, and of changes that are asked for, carry their hint themselves. */
const GIVERS = [
  'engine/**/*.ts',
  'adapters/{docker,compose-cli,registry}/**/*.ts',
  'proxies/**/*.ts',
  'core/generation/*.ts',
  'core/{prune,dependencies,fold-status}.ts',
  'kinds/stack/obstacles.ts',
];

function givenReasons(): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of globSync(GIVERS, { cwd: SOURCE, exclude: ['engine/edits/**'] })) {
    const text = readFileSync(path.join(SOURCE, file), 'utf8');
    for (const [, reason] of text.matchAll(/\breason: '([A-Z][A-Za-z]+)'/g)) found.set(reason ?? '', file);
    for (const [, reason] of text.matchAll(/verdict\(\s*'[a-z-]+',\s*'([A-Z][A-Za-z]+)'/g))
      found.set(reason ?? '', file);
  }
  return found;
}

describe('the catalogue of reasons', () => {
  it('has every reason that a workload can be given', () => {
    const known = new Set([...knownReasons(), 'Converged']);
    const given = givenReasons();
    assert.ok(given.size > 20, 'the search found hardly anything');
    const missing = [...given].filter(([reason]) => !known.has(reason));
    const lines = missing.map(
      ([reason, file]) => `  ${reason}: { what: '…', hint: '…' },   // given in src/${file}`,
    );
    assert.deepEqual(missing, [], `add to REASONS in src/core/problems.ts:\n${lines.join('\n')}`);
  });
  for (const reason of knownReasons())
    it(`${reason} says what it is and what helps`, () => {
      const help = reasonHelp(reason, 'shop/prod');
      assert.ok(help);
      for (const text of [help.what, help.hint]) {
        assert.match(text, /^[A-Z`].*\.$/s);
        assert.ok(text.length <= 160, text);
        assert.doesNotMatch(text, /please|sorry|oops|invalid|something went wrong|!/i);
        assert.doesNotMatch(text, /NAME/);
      }
    });
  it('does not know what is no reason', () => assert.equal(reasonHelp('constructor', 'x'), null));
});
