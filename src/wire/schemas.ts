// The schemas that editors use, by kind: the very ones that manifests are checked with.
import { readers } from '../kinds/readers.ts';

export function kinds(): string[] {
  return readers.map((reader) => reader.kind).sort();
}

/** One kind's schema; of all kinds, one of them by `kind`. Undefined for a kind that there is not. */
export function schemaOf(kind: string | null): unknown {
  if (kind !== null) return readers.find((reader) => reader.kind === kind)?.schema;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    oneOf: readers.map((reader) => reader.schema),
  };
}
