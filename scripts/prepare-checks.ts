// Writes the checks of all schemas as code into a directory, for dist/. Usage: node scripts/prepare-checks.ts DIRECTORY
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { preparedChecks } from './schemas/prepared-checks.ts';

const [directory = ''] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
for (const [name, source] of preparedChecks()) writeFileSync(join(directory, `${name}.cjs`), source);
