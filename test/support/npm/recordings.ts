// The recorded exchanges, and the form in which an answer of the double is compared with a recorded one.
import { readdirSync, readFileSync } from 'node:fs';
import { fixtures } from './schemas.ts';

export interface Recording {
  /** The file's name without `.json`. */
  readonly name: string;
  readonly request: {
    readonly method: string;
    /** With `/api` and query. */
    readonly path: string;
    readonly authorization?: string;
    readonly body?: Readonly<Record<string, unknown>>;
  };
  readonly response: { readonly status: number; readonly content_type?: string; readonly body: unknown };
  /** Where the recording was shortened. */
  readonly note?: string;
}

/** All of them, by name. */
export function readRecordings(): ReadonlyMap<string, Recording> {
  const folder = new URL('examples/', fixtures);
  const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
  return new Map(
    names.map((name) => {
      const text = readFileSync(new URL(`${name}.json`, folder), 'utf8');
      return [name, { name, ...JSON.parse(text) } as Recording];
    }),
  );
}

/** Everything stays as it is, but for times, tokens, secrets, keys, process ids and line numbers, whose form is kept. */
export function comparable(value: unknown): unknown {
  if (typeof value === 'string') return comparableText(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, key === 'password' ? '<secret>' : comparable(entry)]),
  );
}

const forms: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, '<time>'],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/, '<ISO time>'],
  [/^(<jwt>|[\w-]+\.[\w-]+\.[\w-]+)$/, '<jwt>'],
  [/^(<pem certificate>|-----BEGIN CERTIFICATE-----[\s\S]*)$/, '<pem certificate>'],
  [/^(<pem private key>|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*)$/, '<pem private key>'],
];

function comparableText(text: string): string {
  // A host's name has the form of a token, but is lower case.
  const form = forms.find(([pattern, name]) => pattern.test(text) && (name !== '<jwt>' || isToken(text)));
  if (form !== undefined) return form[1];
  return text
    .replace(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[emerg\] \d+#\d+:/, '<time> [emerg] <process>:')
    .replace(/(\.conf):\d+/, '$1:<line>')
    .replace(/127\.0\.0\.1:\d+" address and port pair/, '<address>" address and port pair');
}

function isToken(text: string): boolean {
  return text === '<jwt>' || /[A-Z]/.test(text);
}
