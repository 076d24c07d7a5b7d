// What dist/ holds manifests against says, word for word, what a checkout says: the checks are made at the build there.
import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { parseAllDocuments } from 'yaml';
import { checkedSchemas, preparedChecks } from '../../scripts/schemas/prepared-checks.ts';
import { compileCheck, compileQuickCheck } from '../../src/core/validate-compile.ts';
import { brokenValues as values } from '../support/broken-manifests/values.ts';

const root = join(import.meta.dirname, '../..');
/** Right as they are, and of each kind. */
const examples = globSync('examples/**/*.yaml', { cwd: root }).flatMap((file) =>
  parseAllDocuments(readFileSync(join(root, file), 'utf8')).map((document): unknown => document.toJS()),
);
const folder = mkdtempSync(join(root, 'node_modules/.checks-'));
after(() => rmSync(folder, { recursive: true }));

describe('the checks that are prepared for dist/', () => {
  const sources = preparedChecks();
  const loaded = (name: string): ValidateFunction => {
    const file = join(folder, `${name}.cjs`);
    writeFileSync(file, sources.get(name) ?? '');
    return (createRequire(import.meta.url)(file) as { check: ValidateFunction }).check;
  };

  for (const schema of checkedSchemas) {
    const title = String(schema.title);
    it(`finds in every broken manifest what ${title} finds in a checkout`, () => {
      const check = loaded(title);
      const original = compileCheck(schema);
      let refused = 0;
      for (const value of values) {
        assert.equal(check(value), original(value));
        assert.deepEqual(check.errors, original.errors);
        if (check.errors !== null) refused += 1;
      }
      assert.ok(refused > 50, `only ${refused} of ${values.length} were refused`);
    });

    it(`asks ${title} for yes or no, and is answered as by the check that says why`, () => {
      const prepared = loaded(`${title}.quick`);
      const quick = compileQuickCheck(schema);
      const thorough = compileCheck(schema);
      const answers = { right: 0, wrong: 0 };
      for (const value of [...examples, ...values].flatMap((value) => [value, ...alike(value)])) {
        const isRight = thorough(value);
        if (quick(value) !== isRight || prepared(value) !== isRight)
          assert.fail(`It is ${isRight ? 'right' : 'wrong'}: ${inspect(value, { depth: 8 })}`);
        answers[isRight ? 'right' : 'wrong'] += 1;
      }
      assert.ok(Math.min(answers.right, answers.wrong) > 20, `answered ${JSON.stringify(answers)}`);
    });
  }
});

/** The same value with one of its parts taken out, or with another one in its place. */
function alike(value: unknown, level = 0): unknown[] {
  // Some of them hold themselves, or fifty thousand keys.
  if (typeof value !== 'object' || value === null || level > 5) return [];
  return Object.keys(value)
    .slice(0, 20)
    .flatMap((key) => {
      const part = (value as Record<string, unknown>)[key];
      const put = (other: unknown): unknown =>
        Array.isArray(value)
          ? value.map((item, index) => (index === Number(key) ? other : item))
          : { ...value, [key]: other };
      const { [key]: _out, ...rest } = value as Record<string, unknown>;
      return [rest, ...['x', 7, true, null, {}, []].map(put), ...alike(part, level + 1).map(put)];
    });
}
