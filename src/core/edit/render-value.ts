// Writes values as a person would: short ones on the line of their key, long ones below it, texts in quotes where they need them.
import { stringify } from 'yaml';

export interface Writing {
  eol: string;
  isJson: boolean;
}

/** Longer than this is written below its key. */
const LONGEST_ON_A_LINE = 72;

/** `key: value` as lines, indented. */
export function entryLines(key: string, value: unknown, indent: string): string[] {
  return valueLines(value, { head: `${indent}${scalarText(key)}:`, inner: `${indent}  ` });
}

/** `- value` as lines, indented. */
export function itemLines(value: unknown, indent: string): string[] {
  if (!isCollection(value) || isShort(value)) return [`${indent}- ${inlineText(value)}`];
  const [first = '', ...rest] = collectionLines(value, `${indent}  `);
  return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
}

/** What stands behind `head`: on its line where it is short, else below. */
export function valueLines(value: unknown, { head, inner }: { head: string; inner: string }): string[] {
  if (isCollection(value) && !isShort(value)) return [head, ...collectionLines(value, inner)];
  if (isLiteral(value)) {
    const lines = value.replace(/\n$/, '').split('\n');
    return [
      `${head} ${value.endsWith('\n') ? '|' : '|-'}`,
      ...lines.map((line) => (line === '' ? '' : inner + line)),
    ];
  }
  return [`${head} ${inlineText(value)}`];
}

/** Keys of a map, or items of a list, one below the other. */
export function collectionLines(value: object, indent: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => itemLines(item, indent));
  return Object.entries(value).flatMap(([key, item]) => entryLines(key, item, indent));
}

/** On one line, as it may stand in braces. */
export function inlineText(value: unknown, writing: Pick<Writing, 'isJson'> = { isJson: false }): string {
  if (writing.isJson) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => inlineText(item)).join(', ')}]`;
  if (!isCollection(value)) return scalarText(value);
  const entries = Object.entries(value).map(([key, item]) => `${scalarText(key)}: ${inlineText(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** A single value, safe inside of braces too. */
export function scalarText(value: unknown): string {
  if (typeof value !== 'string') return value === null || value === undefined ? 'null' : String(value);
  const [written = ''] = /(?<=^\[ ).*(?= \]\n$)/s.exec(stringify([value], WRITING)) ?? [];
  // What the library would write over several lines has one line in quotes.
  return written === '' || written.includes('\n') ? JSON.stringify(value) : written;
}

const WRITING = {
  version: '1.2',
  schema: 'core',
  // `on`, `yes` and `0o7` are texts for us, and something else for tools of the older YAML.
  compat: 'yaml-1.1',
  collectionStyle: 'flow',
  lineWidth: 0,
} as const;

/** Several lines that can stand as they are. */
function isLiteral(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.includes('\n') &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a block of text cannot hold as it is
    /^[^\s](?:[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]*[^\s])?\n?$/u.test(value) &&
    !/[ \t]\n/.test(value)
  );
}

function isCollection(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Empty, or single values alone and few of them. */
function isShort(value: object): boolean {
  const items = Object.values(value);
  if (items.length === 0) return true;
  return (
    !items.some((item) => isCollection(item) || isLiteral(item)) &&
    inlineText(value).length <= LONGEST_ON_A_LINE
  );
}
