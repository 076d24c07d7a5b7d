// Holds an answer for programs against its committed schema.
import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { answerSchemas } from '../../src/core/schema-answers.ts';

/** As the schema says and not a key more, so that a new key cannot be forgotten in the schema. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return copy.type === 'object' && 'properties' in copy ? { ...copy, additionalProperties: false } : copy;
}

/** Gives the kind of the answer. */
export function assertValid(text: string): string {
  const object: { kind: string } = JSON.parse(text);
  const schema = answerSchemas()[object.kind];
  assert.ok(schema, `no schema of ${object.kind}`);
  const ajv = new Ajv2020({
    allErrors: true,
    formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/ },
  });
  const check = ajv.compile(closed(schema) as object);
  assert.ok(check(object), ajv.errorsText(check.errors));
  return object.kind;
}
