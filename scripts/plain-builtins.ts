// Rewrites built files to take Node's own modules without `import`: an import makes a view of all that such a module
// offers, and so loads what nobody uses, such as worker threads and web cryptography; 15 ms of each command's start.
// Usage: node scripts/plain-builtins.ts FILE...
import { readFileSync, writeFileSync } from 'node:fs';

/** As esbuild writes it, white space taken out or not. */
const BUILTIN =
  /(?<=^|[;}\n])import\s*(?<what>\*\s*as\s+[\w$]+|[\w$]+|\{[^}]*\})\s*from\s*"(?<name>node:[\w/]+)";?/g;
/** A form that is not known here: better no build than a slow one that nobody notices. */
const LEFT = /(?<=^|[;}\n])import\b[^;()"]*"node:[\w/]+"/;

for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8');
  const taken: string[] = [];
  const rest = text.replaceAll(BUILTIN, (_all, what: string, name: string) => {
    taken.push(`const ${patternOf(what)}=process.getBuiltinModule("${name}");`);
    return '';
  });
  const left = LEFT.exec(rest);
  if (left !== null) throw new Error(`${file} has ${left[0]}, a form of import that is not known here.`);
  // First of all, as imports are: nothing of the file runs before them.
  const [line = ''] = /^#!.*\n/.exec(rest) ?? [];
  writeFileSync(file, `${line}${taken.join('')}\n${rest.slice(line.length)}`);
}

/** `{ a, b as c }` is `{ a, b: c }` of an object; a default import and a view are the module itself. */
function patternOf(what: string): string {
  if (what.startsWith('{')) return what.replaceAll(/\s+as\s+/g, ':');
  return what.replace(/^\*\s*as\s+/, '');
}
