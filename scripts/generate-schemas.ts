// Writes schemas/ from the kinds, for editors and for whoever checks manifests elsewhere; with --check only compares.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { schemaFiles } from './schemas/files.ts';

const root = join(import.meta.dirname, '..', 'schemas');
const isCheck = process.argv.includes('--check');
const stale: string[] = [];

for (const [name, text] of Object.entries(schemaFiles())) {
  const file = join(root, name);
  if (read(file) === text) continue;
  stale.push(name);
  if (isCheck) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

if (stale.length === 0) console.log('schemas/ is as the kinds say.');
else if (!isCheck) console.log(`Wrote ${stale.join(', ')}.`);
else {
  console.error(`schemas/ is behind the kinds: ${stale.join(', ')}. Run \`npm run schemas\`.`);
  process.exitCode = 1;
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
