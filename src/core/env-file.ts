// Reads a .env file as Compose does: quotes, comments, `export`, and variables inside values.
import { interpolate, type Lookup } from './interpolate.ts';

export interface EnvFileProblem {
  severity: 'error' | 'warning';
  /** From 1. */
  line: number;
  message: string;
  hint: string;
}

export interface EnvFile {
  values: Record<string, string>;
  problems: EnvFileProblem[];
}

const NAME = '(?:export\\s+)?([A-Za-z_][A-Za-z0-9_.-]*)';
const ENTRY = new RegExp(`^${NAME}\\s*(?:=|:\\s)[^\\S\\n]*(.*)$`, 's');
const NAME_ALONE = new RegExp(`^${NAME}\\s*$`);

/**
 * Later lines see earlier ones, and `variables` before both; a variable that is not set is empty, with a warning.
 * A name alone takes the variable of that name. Single quotes keep all as it is, double quotes know
 * `\n`, `\t`, `\r`, `\"`, `\\` and `\$`; quoted values may go on over lines; ` #` begins a comment outside quotes.
 * Facts: Compose documentation, "Syntax for environment variable files" (compose-go's dotenv).
 */
export function parseEnvFile(text: string, variables: Readonly<Record<string, string>> = {}): EnvFile {
  const values = new Map<string, string>();
  const problems: EnvFileProblem[] = [];
  const given = (name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined);
  const lookup: Lookup = (name) => given(name) ?? values.get(name);

  const put = (entry: { name: string; written: string; line: number }): void => {
    const { text: value, faults } = interpolate(entry.written, lookup);
    const error = faults.find((fault) => fault.reason !== 'UnknownVariable');
    const fault = error ?? faults[0];
    if (fault !== undefined) {
      const severity = error === undefined ? 'warning' : 'error';
      const message = `${entry.name}: ${fault.message}`;
      problems.push({ severity, line: entry.line, message, hint: fault.hint });
    }
    if (error === undefined) values.set(entry.name, value);
  };

  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] ?? '').trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const [, name, written = ''] = ENTRY.exec(line) ?? [];
    if (name === undefined) {
      const inherited = NAME_ALONE.exec(line)?.[1];
      const value = inherited === undefined ? undefined : given(inherited);
      if (inherited === undefined) problems.push({ severity: 'error', line: at + 1, ...NO_ENTRY });
      else if (value !== undefined) values.set(inherited, value);
      continue;
    }
    const quote = /^["']/.exec(written)?.[0];
    if (quote === undefined) {
      put({ name, written: withoutComment(written), line: at + 1 });
      continue;
    }
    const quoted = readQuoted(lines, { at, begin: written.slice(1), quote });
    if (quoted === null) {
      const message = `The quote of ${name} is never closed.`;
      problems.push({ severity: 'error', line: at + 1, message, hint: `add the closing ${quote}` });
      break;
    }
    if (quote === "'") values.set(name, quoted.inside);
    else put({ name, written: unescaped(quoted.inside), line: at + 1 });
    at = quoted.at;
  }
  return { values: Object.fromEntries(values), problems };
}

const NO_ENTRY = { message: 'A line is neither NAME=value nor a comment.', hint: 'write NAME=value' };

function withoutComment(written: string): string {
  return written.replace(/\s#.*$/s, '').trimEnd();
}

/** The text up to the closing quote, which may stand some lines below. */
function readQuoted(
  lines: readonly string[],
  start: { at: number; begin: string; quote: string },
): { inside: string; at: number } | null {
  const parts: string[] = [];
  let { at, begin: part } = start;
  for (;;) {
    const end = closingQuote(part, start.quote);
    if (end >= 0) return { inside: [...parts, part.slice(0, end)].join('\n'), at };
    parts.push(part);
    const next = lines[++at];
    if (next === undefined) return null;
    part = next;
  }
}

function closingQuote(text: string, quote: string): number {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\' && quote === '"') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gs, (all, character: string) => ESCAPES[character] ?? all);
}

/** A backslashed dollar becomes two, which are one dollar when the variables are in. */
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  $: '$$',
};
