// Says one of ajv's errors in a sentence with a hint.
import { nearest } from './did-you-mean.ts';
import type { Path } from './documents.ts';
import type { Finding } from './validate-finding.ts';
import { type ErrorAt, exampleHint, missingKey, strangeKey } from './validate-keys.ts';
import { expectation, range, type SpokenSchema, whatIsThere } from './validate-words.ts';

export function describeError(at: ErrorAt): Finding {
  switch (at.error.keyword) {
    case 'additionalProperties':
      return strangeKey(at, String(at.error.params.additionalProperty));
    case 'required':
      return missingKey(at, String(at.error.params.missingProperty));
    case 'enum':
    case 'const':
      return notAllowed(at);
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return outOfRange(at);
    case 'pattern':
    case 'minLength':
    case 'maxLength':
      return badFormat(at);
    case 'minItems':
    case 'maxItems':
    case 'minProperties':
    case 'maxProperties':
      return amount(at);
    default:
      return wrongType(at);
  }
}

function wrongType({ error, path, subject }: ErrorAt): Finding {
  const schema = error.parentSchema as SpokenSchema;
  const wanted = expectation(schema);
  const source = subject.sourceOf(path);
  if (typeof error.data === 'number' && source !== null && takesText(schema, source)) {
    return {
      path,
      part: 'value',
      reason: 'WrongType',
      message: `${subjectOf(path)} must be a text, and YAML reads this as a number.`,
      hint: `put it in quotes: ${lastKey(path)}"${source}"`,
    };
  }
  return {
    path,
    part: 'value',
    reason: 'WrongType',
    message: `${subjectOf(path)} must be ${wanted}, and ${whatIsThere(error.data)} stands there.`,
    hint: typeHint({ error, path, subject }, schema),
  };
}

/** YAML's own surprises first: `yes` is a text, `1.10` a number. */
function typeHint({ error, path, subject }: ErrorAt, schema: SpokenSchema): string {
  const { data } = error;
  const source = subject.sourceOf(path);
  if (typeof data === 'boolean' && source !== null && takesText(schema, source)) {
    return `put it in quotes: ${lastKey(path)}"${source}"`;
  }
  if (schema.type === 'boolean' && typeof data === 'string' && /^(yes|no|on|off)$/i.test(data)) {
    return `YAML reads ${data} as a text; write ${/^(yes|on)$/i.test(data) ? 'true' : 'false'}`;
  }
  return exampleHint('correct it', path.at(-1), schema);
}

/** Would the same characters do, in quotes? */
function takesText(schema: SpokenSchema, source: string): boolean {
  if (schema.anyOf !== undefined) return schema.anyOf.some((branch) => takesText(branch, source));
  return schema.type === 'string' && new RegExp(schema.pattern ?? '').test(source);
}

function notAllowed({ error, path }: ErrorAt): Finding {
  const schema = error.parentSchema as SpokenSchema;
  const allowed = (schema.enum ?? [schema.const]).map(String);
  const written = typeof error.data === 'string' ? error.data.slice(0, 40) : null;
  const meant = written === null ? null : nearest(written, allowed);
  return {
    path,
    part: 'value',
    reason: 'NotAllowed',
    message: `${subjectOf(path)} must be ${expectation(schema)}.${meant === null ? '' : ` Did you mean \`${meant}\`?`}`,
    hint: meant === null ? exampleHint('choose one of them', path.at(-1), schema) : 'correct the word',
  };
}

function outOfRange({ error, path }: ErrorAt): Finding {
  const schema = error.parentSchema as SpokenSchema;
  const kind = schema.type === 'integer' ? 'a whole number' : 'a number';
  return {
    path,
    part: 'value',
    reason: 'OutOfRange',
    message: `${subjectOf(path)} must be ${kind}${range(schema)}.`,
    hint: exampleHint('choose another number', path.at(-1), schema),
  };
}

function badFormat({ error, path }: ErrorAt): Finding {
  const schema = error.parentSchema as SpokenSchema;
  return {
    path,
    part: 'value',
    reason: 'BadFormat',
    message: `${subjectOf(path)} must be ${expectation(schema)}.`,
    hint: exampleHint('correct it', path.at(-1), schema),
  };
}

function amount({ error, path }: ErrorAt): Finding {
  const schema = error.parentSchema as SpokenSchema;
  const least = schema.minItems ?? schema.minProperties ?? 0;
  const most = schema.maxItems ?? schema.maxProperties;
  const range = most === undefined ? `at least ${least}` : `${least} to ${most}`;
  return {
    path,
    part: 'value',
    reason: 'BadAmount',
    message: `${subjectOf(path)} must have ${range} ${range === 'at least 1' ? 'entry' : 'entries'}.`,
    hint: exampleHint('correct the list', path.at(-1), schema),
  };
}

/** `replicas`, or `Entry 2 of domains`. */
function subjectOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'The document';
  if (typeof last === 'string') return `\`${last}\``;
  const list = path.at(-2);
  return `Entry ${last + 1}${list === undefined ? '' : ` of \`${list}\``}`;
}

function lastKey(path: Path): string {
  const last = path.at(-1);
  return typeof last === 'string' ? `${last}: ` : '';
}
