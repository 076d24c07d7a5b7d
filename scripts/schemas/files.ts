// The files of schemas/, as texts by their names.
import { configSchema } from '../../src/core/schema-config.ts';
import { type Draft, publishManifestSchema, publishSchema } from '../../src/core/schema-publish.ts';
import { readers } from '../../src/kinds/readers.ts';

const FOLDERS: readonly { draft: Draft; folder: string }[] = [
  { draft: '2020-12', folder: '' },
  { draft: 'draft-07', folder: 'draft-07/' },
];

export function schemaFiles(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { draft, folder } of FOLDERS) {
    for (const { kind, schema } of readers) {
      files[`${folder}${kind}.schema.json`] = text(publishSchema(schema, { draft, variables: 'allowed' }));
    }
    files[`${folder}manifest.schema.json`] = text(publishManifestSchema(readers, draft));
    files[`${folder}tinyforge.schema.json`] = text(publishSchema(configSchema, { draft, variables: 'none' }));
  }
  return files;
}

function text(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
