// Redacts whole values: fields of a log record, errors with their causes, aggregates of errors.
import { isFault } from '../model/errors.ts';
import type { Redact } from './redact.ts';

/** Deeper than this nothing is looked at, but nothing is let through either. */
const MAX_DEPTH = 8;
/** Causes may form a ring, and an aggregate may hold thousands. */
const MAX_ERRORS = 20;

/** An error as plain data, redacted: what a log record or an answer may carry. */
export interface PlainError {
  type: string;
  message: string;
  code?: string;
  reason?: string;
  hint?: string;
  evidence?: unknown;
  stack?: string;
  cause?: unknown;
  errors?: unknown[];
}

/** A copy in which every string, key, error and nested value is redacted. Plain data comes out, whatever goes in. */
export function redactValue(value: unknown, redact: Redact): unknown {
  return walk(value, { redact, depth: 0, ancestors: new Set() });
}

/** An error as plain data, with all that hangs on it. A fault has no stack: its words are enough. */
export function redactError(error: Error, redact: Redact): PlainError {
  return plainError(error, { redact, depth: 0, ancestors: new Set() });
}

interface Walk {
  redact: Redact;
  depth: number;
  ancestors: Set<object>;
}

function walk(value: unknown, at: Walk): unknown {
  switch (typeof value) {
    case 'string':
      return at.redact(value);
    case 'bigint':
    case 'symbol':
      return at.redact(String(value));
    case 'function':
      return '(function)';
    case 'object':
      return value === null ? null : walkObject(value, at);
    default:
      return value;
  }
}

function walkObject(value: object, at: Walk): unknown {
  if (at.ancestors.has(value)) return '(circular)';
  if (at.depth >= MAX_DEPTH) return '(too deep)';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  // Bytes may be anything, a key too.
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `(${value.byteLength} bytes)`;
  at.ancestors.add(value);
  try {
    return walkMembers(value, { ...at, depth: at.depth + 1 });
  } finally {
    at.ancestors.delete(value);
  }
}

function walkMembers(value: object, at: Walk): unknown {
  if (value instanceof Error) return plainError(value, at);
  if (Array.isArray(value) || value instanceof Set) return [...value].map((item) => walk(item, at));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  // fromEntries defines own properties, so that a key called __proto__ stays a key.
  return Object.fromEntries(entries.map(([key, item]) => [at.redact(String(key)), walk(item, at)]));
}

function plainError(error: Error, at: Walk): PlainError {
  const { redact } = at;
  const ours = isFault(error);
  const code = (error as { code?: unknown }).code;
  const plain: PlainError = { type: redact(error.name), message: redact(String(error.message)) };
  if (typeof code === 'string' || typeof code === 'number') plain.code = redact(String(code));
  if (ours) {
    plain.reason = redact(error.reason);
    if (error.hint !== null) plain.hint = redact(error.hint);
    if (error.evidence.length > 0) plain.evidence = walk(error.evidence, at);
  } else if (typeof error.stack === 'string') {
    plain.stack = redact(error.stack);
  }
  if (error.cause !== undefined) plain.cause = walk(error.cause, at);
  if (error instanceof AggregateError) {
    plain.errors = error.errors.slice(0, MAX_ERRORS).map((item: unknown) => walk(item, at));
  }
  return plain;
}
