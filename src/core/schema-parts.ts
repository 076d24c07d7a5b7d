// Pieces that schemas are made of, each with the words that say what it expects.
import { Type } from './schema-type.ts';

/** Words beside a schema: `expects` completes "must be …", `example` is how one writes it. */
export interface Words {
  description?: string;
  expects?: string;
  example?: unknown;
  maxLength?: number;
}

export const DNS_LABEL = '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$';
const DURATION = '^([0-9]+(\\.[0-9]+)?(us|µs|ms|s|m|h|d))+$';
const BYTES = '^[0-9]+(\\.[0-9]+)?\\s?([kKmMgGtT][iI]?)?[bB]?$';
const DOMAIN =
  '^(\\*\\.)?([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\\.)*[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$';
/** Not empty, relative, forward slashes. What it may reach is checked when it is resolved. */
const RELATIVE_PATH = '^(?!/)(?!~)(?!.*\\\\)(?!.*://).+$';

export const text = (words: Words = {}) =>
  Type.String({ minLength: 1, expects: 'a text that is not empty', ...words });

export const label = (words: Words = {}) =>
  Type.String({
    pattern: DNS_LABEL,
    expects:
      'made of lower-case letters, digits and hyphens, 63 at most, with a letter or digit at both ends',
    example: 'shop',
    ...words,
  });

export const duration = (words: Words = {}) =>
  Type.String({ pattern: DURATION, expects: 'a duration with its unit', example: '20s', ...words });

export const bytes = (words: Words = {}) =>
  Type.Union(
    [Type.String({ pattern: BYTES, expects: SIZE, example: '512m' }), Type.Integer({ minimum: 0 })],
    {
      expects: SIZE,
      example: '512m',
      ...words,
    },
  );
const SIZE = 'a size such as 512m or 1g';

export const domain = () =>
  Type.String({
    pattern: DOMAIN,
    maxLength: 253,
    expects: 'a domain name, without https:// and path',
    example: 'shop.example.com',
  });

export const relativePath = (words: Words = {}) =>
  Type.String({
    pattern: RELATIVE_PATH,
    expects: 'a path relative to this file, with forward slashes',
    example: './compose.yaml',
    ...words,
  });

export const port = (words: Words = {}) =>
  Type.Integer({ minimum: 1, maximum: 65_535, example: 8080, ...words });

export const flag = (words: Words = {}) => Type.Boolean({ example: true, ...words });

export const oneOf = <const V extends string[]>(values: readonly [...V], words: Words = {}) =>
  Type.Enum(values, { type: 'string', example: values[0], ...words });

export const texts = (words: Words = {}) => Type.Array(text(), { expects: 'a list of texts', ...words });

/** One text, or a list of them. */
export const textOrTexts = (words: Words = {}) =>
  Type.Union([text(), Type.Array(text())], { expects: 'a text or a list of texts', ...words });

const NAMED_VALUE = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()], {
  expects: 'a text, a number, or true or false',
});

/** A map of names and values, or a list of NAME=value, as Compose takes both. */
export const namedValues = (words: Words & { names?: string } = {}) => {
  const { names = '^[^=\\s\\0]+$', ...rest } = words;
  return Type.Union(
    [
      Type.Record(Type.String({ pattern: names }), NAMED_VALUE, {
        additionalProperties: false,
        keyExpects: 'without spaces and equals signs',
      }),
      Type.Array(text()),
    ],
    { expects: 'a map of names and values, or a list of NAME=value', ...rest },
  );
};
