// Compiles a schema into the function that holds a value against it. dist/ has these functions ready-made in this file's
// place (scripts/prepare-checks.ts): to make them again is 30 ms of each command, and to load what makes them 15 more.
import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import { splitSchema } from './validate-split.ts';

/** What scripts/prepare-checks.ts compiles with, too. */
export const CHECK_OPTIONS: Options = {
  allErrors: true,
  verbose: true,
  strict: true,
  strictTypes: false,
  allowUnionTypes: true,
  validateFormats: false,
  // As splitSchema cuts it, and no further put together.
  inlineRefs: false,
  code: { optimize: false },
  // Our own schemas are held against their meta-schema by a test; here that would be half of a start's time.
  validateSchema: false,
  meta: false,
};

/** Words of ours in schemas, for sentences. */
export const OWN_WORDS = ['expects', 'example', 'keyExpects'];

/** Throws for a schema that is none. */
export function compileCheck(schema: Readonly<Record<string, unknown>>): ValidateFunction {
  const ajv = new Ajv2020(CHECK_OPTIONS);
  ajv.addVocabulary(OWN_WORDS);
  return ajv.compile(splitSchema(schema));
}
