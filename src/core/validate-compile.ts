// Compiles a schema into the functions that hold a value against it. dist/ has these functions ready-made in this file's
// place (scripts/prepare-checks.ts): to make them again is 30 ms of each command, and to load what makes them 15 more.
import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import { quickSchema } from './validate-quick.ts';
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

/** For `quickSchema`: whoever asks for yes or no reads no errors. */
export const QUICK_OPTIONS: Options = { ...CHECK_OPTIONS, allErrors: false, verbose: false, messages: false };

/** Words of ours in schemas, for sentences. */
export const OWN_WORDS = ['expects', 'example', 'keyExpects'];

type Schema = Readonly<Record<string, unknown>>;

/** Tells all that is wrong with a value. Throws for a schema that is none. */
export function compileCheck(schema: Schema): ValidateFunction {
  return compile(splitSchema(schema), CHECK_OPTIONS);
}

/** Tells only whether something is wrong, of the same values. */
export function compileQuickCheck(schema: Schema): (value: unknown) => boolean {
  return compile(quickSchema(splitSchema(schema)), QUICK_OPTIONS);
}

function compile(schema: Schema, options: Options): ValidateFunction {
  const ajv = new Ajv2020(options);
  ajv.addVocabulary(OWN_WORDS);
  return ajv.compile(schema);
}
