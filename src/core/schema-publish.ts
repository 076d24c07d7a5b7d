// The schemas as editors get them: without our own words, with variables allowed where a value may be one.

type Json = { [key: string]: unknown };
export type Draft = '2020-12' | 'draft-07';

const DIALECT: Readonly<Record<Draft, { uri: string; definitions: string }>> = {
  '2020-12': { uri: 'https://json-schema.org/draft/2020-12/schema', definitions: '$defs' },
  'draft-07': { uri: 'http://json-schema.org/draft-07/schema#', definitions: 'definitions' },
};

const VARIABLE = {
  type: 'string',
  pattern: '\\$[A-Za-z_{]',
  description: 'A variable of the source: ${NAME} or ${NAME:-default}.',
};

/** One document's schema. `variables` says whether `${NAME}` may stand for values in it. */
export function publishSchema(
  schema: object,
  { draft, variables }: { draft: Draft; variables: 'allowed' | 'none' },
): Json {
  const { uri, definitions } = DIALECT[draft];
  const own = variables === 'allowed' ? { [definitions]: { variable: VARIABLE } } : {};
  const clean = cleaned(schema as Json, { ref: `#/${definitions}/variable`, variables });
  return { $schema: uri, ...clean, ...own };
}

/** Any manifest: exactly one of the kinds. */
export function publishManifestSchema(
  kinds: readonly { kind: string; schema: object }[],
  draft: Draft,
): Json {
  const { uri, definitions } = DIALECT[draft];
  const parts = kinds.map(({ kind, schema }) => [
    kind,
    cleaned(schema as Json, { ref: `#/${definitions}/variable`, variables: 'allowed' }),
  ]);
  return {
    $schema: uri,
    title: 'A manifest of Tinyforge',
    type: 'object',
    required: ['kind', 'name'],
    oneOf: kinds.map(({ kind }) => ({ $ref: `#/${definitions}/${kind}` })),
    [definitions]: { ...Object.fromEntries(parts), variable: VARIABLE },
  };
}

interface Cleaning {
  ref: string;
  variables: 'allowed' | 'none';
  /** A branch of a union: the union as a whole takes the variable. */
  place?: 'branch';
}

function cleaned(schema: Json, cleaning: Cleaning): Json {
  const { place: _place, ...below } = cleaning;
  const { expects: _expects, keyExpects: _keyExpects, example, ...rest } = schema;
  const result: Json = {};
  for (const [key, value] of Object.entries(rest)) result[key] = cleanedMember(key, value, below);
  if (example !== undefined && isOfOwnType(example, schema)) result.examples = [example];
  const { description, ...narrow } = result;
  if (cleaning.variables === 'none' || cleaning.place === 'branch' || !refusesVariables(schema))
    return result;
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [narrow, { $ref: cleaning.ref }],
  };
}

function cleanedMember(key: string, value: unknown, cleaning: Cleaning): unknown {
  if (key === 'properties' || key === 'patternProperties') {
    const members = Object.entries(value as Json).map(([name, schema]) => [
      name,
      // Who a document is must be written out.
      cleaned(schema as Json, name === 'name' ? { ...cleaning, variables: 'none' } : cleaning),
    ]);
    return Object.fromEntries(members);
  }
  if (key === 'items') return cleaned(value as Json, cleaning);
  if (key === 'anyOf')
    return (value as Json[]).map((branch) => cleaned(branch, { ...cleaning, place: 'branch' }));
  return value;
}

/** True where a text with a variable in it would be refused, though what the variable holds may be right. */
function refusesVariables({ type, pattern, enum: values, anyOf, const: fixed }: Json): boolean {
  if (fixed !== undefined) return false;
  if (values !== undefined || pattern !== undefined) return true;
  if (type === 'integer' || type === 'number' || type === 'boolean') return true;
  return (
    Array.isArray(anyOf) &&
    anyOf.every((branch: Json) => branch.type !== 'object' && refusesVariables(branch))
  );
}

function isOfOwnType(value: unknown, { type, anyOf }: Json): boolean {
  if (Array.isArray(anyOf)) return anyOf.some((branch: Json) => isOfOwnType(value, branch));
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
