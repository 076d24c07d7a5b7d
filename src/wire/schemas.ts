// The schemas that editors use, by kind: the very ones that manifests are checked with.
import { publishManifestSchema, publishSchema } from '../core/schema-publish.ts';
import { readers } from '../kinds/readers.ts';

export function kinds(): string[] {
  return readers.map((reader) => reader.kind).sort();
}

/** One kind's schema; of all kinds, one of them by `kind`. Undefined for a kind that there is not. */
export function schemaOf(kind: string | null): unknown {
  if (kind === null) return publishManifestSchema(readers, '2020-12');
  const reader = readers.find((entry) => entry.kind === kind);
  return reader === undefined
    ? undefined
    : publishSchema(reader.schema, { draft: '2020-12', variables: 'allowed' });
}
