// What dist/ holds manifests against says, word for word, what a checkout says: the checks are made at the build there.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { checkedSchemas, preparedChecks } from '../../scripts/schemas/prepared-checks.ts';
import { compileCheck } from '../../src/core/validate-compile.ts';
import { brokenValues as values } from '../support/broken-manifests/values.ts';

const folder = mkdtempSync(join(import.meta.dirname, '../../node_modules/.checks-'));
after(() => rmSync(folder, { recursive: true }));

describe('the checks that are prepared for dist/', () => {
  const sources = preparedChecks();

  for (const schema of checkedSchemas) {
    const title = String(schema.title);
    it(`finds in every broken manifest what ${title} finds in a checkout`, () => {
      const file = join(folder, `${title}.cjs`);
      writeFileSync(file, sources.get(title) ?? '');
      const { check } = createRequire(import.meta.url)(file) as { check: ValidateFunction };
      const original = compileCheck(schema);
      let refused = 0;
      for (const value of values) {
        assert.equal(check(value), original(value));
        assert.deepEqual(check.errors, original.errors);
        if (check.errors !== null) refused += 1;
      }
      assert.ok(refused > 50, `only ${refused} of ${values.length} were refused`);
    });
  }
});
