// Makes schemas with typebox's types and without its modules, which would cost each command a tenth of a second.
import type { Type as Typebox } from 'typebox';

type Json = { [key: string]: unknown };

/** Marks a schema as one that may be absent; a symbol, so that it is no part of the schema. */
const OPTIONAL = Symbol('optional');

const builders = {
  String: (words: Json = {}) => ({ type: 'string', ...words }),
  Number: (words: Json = {}) => ({ type: 'number', ...words }),
  Integer: (words: Json = {}) => ({ type: 'integer', ...words }),
  Boolean: (words: Json = {}) => ({ type: 'boolean', ...words }),
  Null: (words: Json = {}) => ({ type: 'null', ...words }),
  Literal: (value: unknown, words: Json = {}) => ({ type: typeof value, const: value, ...words }),
  Enum: (values: readonly unknown[], words: Json = {}) => ({ enum: [...values], ...words }),
  Array: (items: Json, words: Json = {}) => ({ type: 'array', items, ...words }),
  Union: (anyOf: readonly Json[], words: Json = {}) => ({ anyOf: [...anyOf], ...words }),
  Record: (key: Json, value: Json, words: Json = {}) => ({
    type: 'object',
    patternProperties: { [String(key.pattern)]: value },
    ...words,
  }),
  Object: (properties: Record<string, Json>, words: Json = {}) => {
    const required = Object.keys(properties).filter((key) => !isOptional(properties[key]));
    return { type: 'object', ...(required.length === 0 ? {} : { required }), properties, ...words };
  },
  Optional: (schema: Json) => Object.defineProperty({ ...schema }, OPTIONAL, { value: true }),
};

function isOptional(schema: Json | undefined): boolean {
  return schema !== undefined && Object.hasOwn(schema, OPTIONAL);
}

/** The part of typebox's `Type` that our schemas are made with: the same words, the same JSON, the same static types. */
export const Type = builders as unknown as Pick<typeof Typebox, keyof typeof builders>;
