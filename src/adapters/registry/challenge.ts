// Reads the WWW-Authenticate header of a registry: which way it wants to be asked, with commas inside of quotes. Pure.

export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  scheme: string;
  /** Names in lower case. */
  parameters: Readonly<Record<string, string>>;
}

/**
 * All challenges of a header, in order (RFC 9110 §11.6.1). What cannot be read is left out; it never throws, for the
 * header is written by whoever answers.
 */
export function readChallenges(header: string | null): Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  let rest = (header ?? '').slice(0, MAX_LENGTH);
  for (;;) {
    rest = rest.replace(/^[\s,]+/, '');
    if (rest === '') return found;
    const parameter = PARAMETER.exec(rest);
    const scheme = SCHEME.exec(rest);
    if (parameter !== null) {
      const [whole, name = '', quoted, plain = ''] = parameter;
      const value = quoted === undefined ? plain : quoted.replaceAll(/\\(.)/g, '$1');
      const last = found.at(-1);
      // A name that was there already could override what was checked.
      if (last !== undefined) last.parameters[name.toLowerCase()] ??= value;
      rest = rest.slice(whole.length);
    } else if (scheme !== null) {
      found.push({ scheme: (scheme[1] ?? '').toLowerCase(), parameters: emptyRecord() });
      rest = rest.slice(scheme[0].length);
    } else rest = rest.slice(1);
  }
}

const MAX_LENGTH = 8_192;
const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const PARAMETER = new RegExp(`^(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))`);
const SCHEME = new RegExp(`^(${TOKEN})(?=[\\s,]|$)`);

function emptyRecord(): Record<string, string> {
  return Object.create(null) as Record<string, string>;
}
