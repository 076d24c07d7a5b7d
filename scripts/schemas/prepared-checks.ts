// The checks of all schemas as code: what src/core/validate-compile.ts makes when it is asked.
import { Ajv2020, type Options } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { configSchema } from '../../src/core/schema-config.ts';
import { CHECK_OPTIONS, OWN_WORDS, QUICK_OPTIONS } from '../../src/core/validate-compile.ts';
import { quickSchema } from '../../src/core/validate-quick.ts';
import { splitSchema } from '../../src/core/validate-split.ts';
import { readers } from '../../src/kinds/readers.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Each schema that people's files are held against. */
export const checkedSchemas: readonly Schema[] = [
  configSchema as unknown as Schema,
  ...readers.map(({ schema }) => schema as Schema),
];

/** Sources of modules that export `check`: by the schema's title, and with `.quick` behind it. Throws where two have the same. */
export function preparedChecks(): Map<string, string> {
  const sources = new Map<string, string>();
  for (const schema of checkedSchemas) {
    const title = String(schema.title);
    if (sources.has(title)) throw new Error(`Two schemas have the title ${title}.`);
    const split = splitSchema(schema);
    sources.set(title, sourceOf(split, { title, options: CHECK_OPTIONS }));
    sources.set(`${title}.quick`, sourceOf(quickSchema(split), { title, options: QUICK_OPTIONS }));
  }
  return sources;
}

function sourceOf(schema: Schema, { title, options }: { title: string; options: Options }): string {
  const ajv = new Ajv2020({ ...options, code: { ...options.code, source: true } });
  ajv.addVocabulary(OWN_WORDS);
  ajv.addSchema(schema, title);
  return standalone.default(ajv, { check: title });
}
