// The ways in which one secret value may be written down, so that each of them can be found again.

/** Below this a value is too common a word to be replaced everywhere; such values are refused as secrets. */
export const MIN_SECRET_CHARACTERS = 6;

/** A single line of a longer value (a private key) is a secret of its own from this length. */
const MIN_LINE_CHARACTERS = 12;

/** Letters and digits in a row that no way of escaping touches, and that are no word. */
const LONG_RUN = /[A-Za-z0-9]{16,}/g;

/** Apostrophes and quotes as different languages escape them for HTML, or leave them in texts. */
const APOSTROPHES = ["'", '&#39;', '&#x27;', '&apos;'];
const QUOTES = ['"', '&quot;', '&#34;'];

/**
 * Raw, base64 and base64url (also inside a longer base64 text), hex, URL-, form-, JSON-, HTML- and shell-escaped.
 * Of a value with several lines each long line counts as well, for logs come line by line, and so does each long run of
 * letters and digits, for nobody knows all ways of escaping the rest. Longest first.
 */
export function formsOf(value: string): string[] {
  const forms = new Set<string>();
  const lines = value.split(/\r?\n/).filter((line) => line.length >= MIN_LINE_CHARACTERS);
  const runs = value.match(LONG_RUN) ?? [];
  for (const part of new Set([value, value.trim(), ...lines, ...runs])) {
    for (const form of formsOfPart(part)) if (form.length >= MIN_SECRET_CHARACTERS) forms.add(form);
  }
  return [...forms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
}

function formsOfPart(part: string): string[] {
  const bytes = Buffer.from(part, 'utf8');
  const hex = bytes.toString('hex');
  const json = JSON.stringify(part).slice(1, -1);
  const url = percentEncode(part);
  return [
    part,
    json,
    // An error that quotes an answer is put into JSON once more.
    JSON.stringify(json).slice(1, -1),
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encodeIfWellFormed(part),
    url.replaceAll('%20', '+'),
    ...htmlForms(part),
    part.replaceAll("'", "'\\''"),
    part.replace(/["$`\\]/g, '\\$&'),
    hex,
    hex.toUpperCase(),
    ...base64Forms(bytes),
  ];
}

/** Base64 at the three offsets that a longer text may put it, in both alphabets, without the characters shared with neighbours. */
function base64Forms(bytes: Buffer): string[] {
  const forms: string[] = [];
  for (const offset of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const first = offset === 0 ? 0 : offset + 1;
    // The last character holds bits of what follows unless the bytes end on a group of three.
    const last = (offset + bytes.length) % 3 === 0 ? whole.length : whole.length - 1;
    const inner = whole.slice(first, last);
    forms.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}

function percentEncode(part: string): string {
  return encodeIfWellFormed(part).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** encodeURIComponent throws on half of a surrogate pair, and redaction must never throw. */
function encodeIfWellFormed(part: string): string {
  return encodeURIComponent(part.toWellFormed());
}

function htmlForms(part: string): string[] {
  const base = part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return APOSTROPHES.flatMap((apostrophe) =>
    QUOTES.map((quote) => base.replaceAll("'", apostrophe).replaceAll('"', quote)),
  );
}
