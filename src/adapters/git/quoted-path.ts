// Reads a path as git prints it: plain, or in quotes with escapes, so that no byte of any name is lost in text.

const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': 34,
  '\\': 92,
};

/** The bytes of the path. Git writes every byte outside printable ASCII as three octal digits (core.quotePath). */
export function unquotePath(quoted: string): Buffer {
  if (!quoted.startsWith('"')) return Buffer.from(quoted, 'utf8');
  const bytes: number[] = [];
  for (const [, octal, letter, plain] of quoted.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\])/g)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (letter !== undefined) bytes.push(ESCAPES[letter] ?? letter.charCodeAt(0));
    else if (plain !== undefined) bytes.push(plain.charCodeAt(0));
  }
  return Buffer.from(bytes);
}
