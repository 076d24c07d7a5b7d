// Variables in texts, by Compose's rules; secrets stay references.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { interpolate, lookupIn } from '../../src/core/interpolate.ts';
import { interpolateValue, pathKey } from '../../src/core/interpolate-value.ts';

const variables = { A: 'one', EMPTY: '', DOLLAR: '$A', REF: '${secret:x}' };
const put = (text: string) => interpolate(text, lookupIn(variables));

describe('interpolation', () => {
  const right: [written: string, expected: string][] = [
    ['plain', 'plain'],
    ['$A', 'one'],
    ['${A}', 'one'],
    ['x${A}y${A}z', 'xoneyonez'],
    ['${EMPTY}', ''],
    ['${GONE-default}', 'default'],
    ['${GONE:-default}', 'default'],
    ['${EMPTY-default}', ''],
    ['${EMPTY:-default}', 'default'],
    ['${A:-default}', 'one'],
    ['${GONE-}', ''],
    ['${GONE:-${A}}', 'one'],
    ['${GONE:-${ALSO_GONE:-x}}', 'x'],
    ['${A:+set}', 'set'],
    ['${EMPTY:+set}', ''],
    ['${EMPTY+set}', 'set'],
    ['${GONE+set}', ''],
    ['${A:?needed}', 'one'],
    ['${EMPTY?needed}', ''],
    ['$$A', '$A'],
    ['$$$A', '$one'],
    ['$${A}', '${A}'],
    ['5$$', '5$'],
    // What a variable holds is text and nothing more.
    ['${DOLLAR}', '$A'],
    ['${DOLLAR:-x}', '$A'],
    ['${DOLLAR-x}', '$A'],
    ['${secret:shop-db}', '${secret:shop-db}'],
    ['postgres://me:${secret:db}@${A}', 'postgres://me:${secret:db}@one'],
    ['${GONE:-${secret:db}}', '${secret:db}'],
    ['}{', '}{'],
  ];
  for (const [written, expected] of right) {
    it(`${written} is ${expected === '' ? 'empty' : expected}`, () => {
      assert.deepEqual(put(written).faults, []);
      assert.equal(put(written).text, expected);
    });
  }

  const faulty: [written: string, reason: string][] = [
    ['${GONE}', 'UnknownVariable'],
    ['$GONE', 'UnknownVariable'],
    ['${toString}', 'UnknownVariable'],
    ['${__proto__}', 'UnknownVariable'],
    ['${GONE:?name it}', 'RequiredVariable'],
    ['${EMPTY:?name it}', 'RequiredVariable'],
    ['${', 'BadInterpolation'],
    ['${A', 'BadInterpolation'],
    ['${}', 'BadInterpolation'],
    ['${A B}', 'BadInterpolation'],
    ['${A!x}', 'BadInterpolation'],
    ['${1}', 'BadInterpolation'],
    ['$', 'BadInterpolation'],
    ['$1', 'BadInterpolation'],
    ['a $ b', 'BadInterpolation'],
    ['${secret:}', 'BadSecretReference'],
    ['${secret:a/b}', 'BadSecretReference'],
    ['${secret:.hidden}', 'BadSecretReference'],
    ['$${secret:x}', 'LiteralSecret'],
    ['${REF}', 'LiteralSecret'],
    ['$$${EMPTY}{secret:x}', 'LiteralSecret'],
    [`${'${A:-'.repeat(40)}${'}'.repeat(40)}x\${B${':-${C'.repeat(30)}${'}'.repeat(31)}`, 'BadInterpolation'],
  ];
  for (const [written, reason] of faulty) {
    it(`${written.slice(0, 40)} is refused: ${reason}`, () => {
      assert.equal(put(written).faults[0]?.reason, reason);
    });
  }

  it('never says what a variable holds', () => {
    const secretive = lookupIn({ A: 'hunter2', B: '${secret:x}' });
    for (const text of ['${A ${A}', '${A}$', '${B}', '${A}${C}', '${C:?${A}}']) {
      const { faults } = interpolate(text, secretive);
      assert.ok(faults.length > 0);
      assert.doesNotMatch(JSON.stringify(faults), /hunter2/);
    }
  });

  it('stops growing at a mebibyte', () => {
    const long = lookupIn({ A: 'x'.repeat(100_000) });
    const { text, faults } = interpolate('${A}'.repeat(1_000_000), long);
    assert.equal(faults[0]?.reason, 'BadInterpolation');
    assert.ok(text.length < 8_000_000);
  });
});

describe('interpolation of a document', () => {
  it('changes values, never keys, and never who the document is', () => {
    const value = { kind: 'project', name: '${A}', '${A}': ['${A}', 1, null, true], deep: { x: '$$' } };
    const result = interpolateValue(value, variables);
    assert.deepEqual(result.value, {
      kind: 'project',
      name: '${A}',
      '${A}': ['one', 1, null, true],
      deep: { x: '$' },
    });
    assert.deepEqual([...result.changed].sort(), [pathKey(['${A}', 0]), pathKey(['deep', 'x'])]);
  });

  it('lists secrets and faults with their paths', () => {
    const result = interpolateValue({ a: { b: '${secret:x}' }, c: ['', '${GONE}'] }, variables);
    assert.deepEqual(result.secrets, [{ path: ['a', 'b'], name: 'x' }]);
    assert.deepEqual(
      result.faults.map(({ path, reason }) => [path, reason]),
      [[['c', 1], 'UnknownVariable']],
    );
  });
});
