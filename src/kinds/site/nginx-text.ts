// Texts of people in nginx's configuration: each becomes one token that means itself, whatever is in it.

/** The longest token that nginx reads (NGX_CONF_BUFFER is 4096, with room for its quotes). */
const MOST_BYTES = 4_000;
/** nginx has no escape for `$`: what stands in a `geo` block is the only text that it does not look into. */
const DOLLAR = '${tinyforge_dollar}';
/** Goes before everything that `literal` was used in. */
export const DOLLAR_BLOCK = 'geo $tinyforge_dollar { default "$"; }';

/** A quoted token that stands for this very text where nginx would put variables in. */
export function literal(text: string): string {
  return `"${escaped(text)}"`;
}

/** The same with what nginx itself adds at its end, which is ours and never a person's. */
export function literalThen(text: string, ours: string): string {
  return `"${escaped(text)}${ours}"`;
}

/** A piece of a regular expression that matches this very text: all but letters and digits by their codes. */
export function matching(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

/** A path with at most one `*`, which stands for any run of characters: anchored on both sides. */
export function matchingPath(pattern: string): string {
  return `^${pattern.split('*').map(matching).join('.*')}$`;
}

/** Whether nginx can read it as one token. */
export function fitsToken(token: string): boolean {
  return Buffer.byteLength(token) <= MOST_BYTES;
}

function escaped(text: string): string {
  return text.replaceAll(/["\\]/g, (character) => `\\${character}`).replaceAll('$', () => DOLLAR);
}
