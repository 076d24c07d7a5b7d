// Rewrites built files in ASCII: one other character, in a regular expression, and V8 keeps a file of 1 MB in 2 MB.
// Usage: node scripts/escape-others.ts FILE...
import { readFileSync, writeFileSync } from 'node:fs';

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8');
  // Strings are ASCII already; an escape of four digits means the same in a regular expression with and without `u`.
  const escaped = text.replaceAll(/[^\0-\x7f]/gu, (character) => {
    if (character.length > 1) throw new Error(`${file} has ${character}, which four digits cannot say.`);
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  writeFileSync(file, escaped);
}
