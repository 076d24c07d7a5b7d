// The checks of all schemas as code: what src/core/validate-compile.ts makes when it is asked.
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { configSchema } from '../../src/core/schema-config.ts';
import { CHECK_OPTIONS, OWN_WORDS } from '../../src/core/validate-compile.ts';
import { splitSchema } from '../../src/core/validate-split.ts';
import { readers } from '../../src/kinds/readers.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Each schema that people's files are held against. */
export const checkedSchemas: readonly Schema[] = [
  configSchema as unknown as Schema,
  ...readers.map(({ schema }) => schema as Schema),
];

/** Sources of modules that export `check`, by the schema's title. Throws where two schemas have the same. */
export function preparedChecks(): Map<string, string> {
  const sources = new Map<string, string>();
  for (const schema of checkedSchemas) {
    const title = String(schema.title);
    if (sources.has(title)) throw new Error(`Two schemas have the title ${title}.`);
    const ajv = new Ajv2020({ ...CHECK_OPTIONS, code: { ...CHECK_OPTIONS.code, source: true } });
    ajv.addVocabulary(OWN_WORDS);
    ajv.addSchema(splitSchema(schema), title);
    sources.set(title, standalone.default(ajv, { check: title }));
  }
  return sources;
}
