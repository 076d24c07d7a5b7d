// A schema that was cut into parts finds the same in every value as in one piece: how it is compiled is nobody's concern.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { checkedSchemas } from '../../scripts/schemas/prepared-checks.ts';
import { CHECK_OPTIONS, compileCheck, OWN_WORDS } from '../../src/core/validate-compile.ts';
import { essential } from '../../src/core/validate-errors.ts';
import { splitSchema } from '../../src/core/validate-split.ts';
import { exampleOf } from '../../src/core/validate-words.ts';
import { brokenValues } from '../support/broken-manifests/values.ts';

describe('a schema that was cut into parts', () => {
  for (const schema of checkedSchemas) {
    it(`finds in every broken manifest what ${String(schema.title)} finds in one piece`, () => {
      const whole = compiledWhole(schema);
      const parts = compileCheck(schema);
      let refused = 0;
      for (const value of brokenValues) {
        assert.equal(parts(value), whole(value));
        const found = told(parts, value);
        assert.deepEqual(found, told(whole, value));
        if (found.length > 0) refused += 1;
      }
      assert.ok(refused > 50, `only ${refused} of ${brokenValues.length} were refused`);
    });
  }

  it('holds equal parts once, and leaves what is small or required where it is', () => {
    const large = { type: 'string', enum: Array.from({ length: 40 }, (_, index) => `word-${index}`) };
    const small = { type: 'string' };
    const cut = splitSchema({
      type: 'object',
      required: ['must'],
      properties: { first: large, second: large, small, must: large },
    });
    assert.deepEqual(cut, {
      type: 'object',
      required: ['must'],
      properties: { first: { $ref: '#/$defs/part0' }, second: { $ref: '#/$defs/part0' }, small, must: large },
      $defs: { part0: large },
    });
  });
});

function compiledWhole(schema: Readonly<Record<string, unknown>>): ValidateFunction {
  return new Ajv2020(CHECK_OPTIONS).addVocabulary(OWN_WORDS).compile(schema);
}

/** What sentences are made from, of the errors that people are told. */
function told(check: ValidateFunction, value: unknown): string[] {
  if (check(value)) return [];
  return essential(check.errors ?? [])
    .map(({ instancePath, keyword, params, data, parentSchema }) => {
      const words = OWN_WORDS.map((word) => parentSchema?.[word]);
      const missing = exampleOf(
        params.missingProperty,
        parentSchema?.properties?.[params.missingProperty] ?? {},
      );
      return inspect([instancePath, keyword, params, data, words, missing], { depth: 8 });
    })
    .sort();
}
