// Puts variables into one text, by Compose's rules. Secrets stay references, which are only checked.
import {
  badExpression,
  badSecret,
  type InterpolationFault,
  literalSecret,
  loneDollar,
  notClosed,
  required,
  tooLong,
  unknown,
} from './interpolate-faults.ts';

export type { InterpolationFault } from './interpolate-faults.ts';

export interface Interpolated {
  text: string;
  /** Names of the secrets that the text refers to. */
  secrets: string[];
  faults: InterpolationFault[];
}

/** Larger results are no configuration any more. */
const MAX_LENGTH = 1024 * 1024;
const MAX_NESTING = 16;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SECRET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/**
 * `$NAME`, `${NAME}`, `:-` `-` (default), `:?` `?` (required), `:+` `+` (replacement), `$$` (a dollar), and
 * `${secret:NAME}`, which stays as it is. Variables are all that can be seen: no environment, no other text.
 * Facts: Compose file reference, "Interpolation"; with a colon an empty value counts as unset.
 */
export function interpolate(text: string, lookup: Lookup): Interpolated {
  if (!text.includes('$')) return { text, secrets: [], faults: [] };
  const state: State = { lookup, secrets: [], faults: [], references: [], length: 0 };
  const result = expand(text, state, 0);
  if (result.length > MAX_LENGTH) state.faults.push(tooLong());
  // What is left of `$$` and variables must not read as a reference later, when secrets are put in.
  const literal = result.split('${secret:').length - 1 - state.references.length;
  if (literal > 0 && state.faults.length === 0) state.faults.push(literalSecret());
  return { text: result, secrets: state.secrets, faults: state.faults };
}

/** The value of a variable; undefined where it is not set. */
export type Lookup = (name: string) => string | undefined;

/** Variables of a plain map; what objects inherit is no variable. */
export function lookupIn(variables: Readonly<Record<string, string>>): Lookup {
  return (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined);
}

interface State {
  lookup: Lookup;
  secrets: string[];
  faults: InterpolationFault[];
  references: string[];
  length: number;
}

function expand(text: string, state: State, nesting: number): string {
  let result = '';
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0 || state.length > MAX_LENGTH) break;
    result += text.slice(at, dollar);
    const [value, end] = substitute(text, dollar, state, nesting);
    state.length += value.length;
    result += value;
    at = end;
  }
  return result + text.slice(at);
}

/** The value of what begins with the dollar at `start`, and where the text goes on. */
function substitute(text: string, start: number, state: State, nesting: number): [string, number] {
  const next = text[start + 1];
  if (next === '$') return ['$', start + 2];
  if (next === '{') {
    const end = closing(text, start + 2);
    if (end < 0) {
      state.faults.push(notClosed(text.slice(start, start + 40)));
      return ['', text.length];
    }
    return [braced(text.slice(start + 2, end), state, nesting), end + 1];
  }
  const name = nameAt(text, start + 1);
  if (name === null) {
    state.faults.push(loneDollar(text.slice(start, start + 2)));
    return ['', start + 1];
  }
  return [known(name, `$${name}`, state), start + 1 + name.length];
}

function braced(inner: string, state: State, nesting: number): string {
  const expression = `\${${inner}}`;
  if (inner.startsWith('secret:')) return secret(inner.slice('secret:'.length), expression, state);
  const name = nameAt(inner, 0);
  const operator = name === null ? null : /^(:?[-?+])/.exec(inner.slice(name.length))?.[1];
  if (name === null || (operator === undefined && name.length < inner.length) || nesting > MAX_NESTING) {
    state.faults.push(badExpression(expression));
    return '';
  }
  if (operator === undefined || operator === null) return known(name, expression, state);
  const argument = inner.slice(name.length + operator.length);
  const value = state.lookup(name);
  const isSet = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  if (operator.endsWith('+')) return isSet ? expand(argument, state, nesting + 1) : '';
  if (isSet) return value ?? '';
  if (operator.endsWith('-')) return expand(argument, state, nesting + 1);
  state.faults.push(required(name, argument, expression));
  return '';
}

function known(name: string, expression: string, state: State): string {
  const value = state.lookup(name);
  if (value === undefined) state.faults.push(unknown(name, expression));
  return value ?? '';
}

function secret(name: string, expression: string, state: State): string {
  if (!SECRET_NAME.test(name)) {
    state.faults.push(badSecret(expression));
    return '';
  }
  state.secrets.push(name);
  state.references.push(expression);
  return expression;
}

function nameAt(text: string, at: number): string | null {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0] ?? null;
}

/** The brace that closes the one before `from`, inner expressions skipped; -1 where there is none. */
function closing(text: string, from: number): number {
  let open = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '$' && text[at + 1] === '{') open++;
    else if (text[at] === '}' && --open === 0) return at;
  }
  return -1;
}
