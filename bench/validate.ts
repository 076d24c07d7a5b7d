// A thousand manifests without a mistake: `tinyforge validate`, against reading and parsing the same files alone.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from '../scripts/demo-story/run-program.ts';
import { checkout } from '../scripts/real-parts/paths.ts';
import { type Bench, inTurns, type Lab, rowOf, timed } from './row.ts';
import { tinyforge } from './run.ts';

const manifestCount = 1_000;

export const validate: Bench = {
  name: 'validate',
  async measure(lab) {
    writeHundreds(join(lab.directory, 'forge.d'));
    const ours = () => expectWords(validateAll(lab), `No problems in ${manifestCount} files`);
    const baseline = () => expectWords(parseAll(lab), `${manifestCount} documents`);
    // What is compiled is kept from the first run on, as on a machine where the command was used before.
    await ours();
    await baseline();
    const measured = await inTurns({ ...lab, ours: () => timed(ours), baseline: () => timed(baseline) });
    const name = '1,000 manifests: `tinyforge validate`';
    return [rowOf({ name, ...measured, unit: 'ms', target: 1.5 })];
  },
};

function validateAll(lab: Lab): Promise<string> {
  return tinyforge(lab, 'validate', '--directory', join(lab.directory, 'forge.d'));
}

/** Plain JavaScript, for the stripping of types would be a part of what is measured. */
const parser = `
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
const [directory] = process.argv.slice(1);
let documents = 0;
for (const name of readdirSync(directory, { recursive: true })) {
  if (!name.endsWith('.yaml')) continue;
  for (const document of parseAllDocuments(readFileSync(join(directory, name), 'utf8'))) {
    if (document.errors.length === 0 && document.toJS()) documents += 1;
  }
}
console.log(documents + ' documents');
`;

function parseAll(lab: Lab): Promise<string> {
  return outputOf({
    command: process.execPath,
    args: ['--input-type=module', '--eval', parser, '--', join(lab.directory, 'forge.d')],
    // Where the package lies.
    directory: checkout,
  });
}

async function expectWords(output: Promise<string>, words: string): Promise<void> {
  const text = await output;
  if (!text.includes(words)) throw new Error(`It was to say "${words}" and says: ${text.slice(0, 1_000)}`);
}

/** A hundred to a folder, of each kind the same number. */
function writeHundreds(directory: string): void {
  for (let index = 0; index < manifestCount; index++) {
    const folder = join(directory, `shelf-${Math.floor(index / 100)}`);
    mkdirSync(folder, { recursive: true });
    const manifest = manifests[index % manifests.length];
    const number = String(index).padStart(4, '0');
    writeFileSync(join(folder, `${number}.yaml`), manifest?.(number) ?? '');
  }
}

/** As people write them, in the length that they have. */
const manifests: readonly ((number: string) => string)[] = [
  (number) => `kind: project
name: shop-${number}
app: storefront
image: registry.example.com/acme/shop
port: 8080
environment: { LOG_LEVEL: info, REGION: eu }
healthcheck: { http: /healthz, interval: 2s, retries: 5, start_period: 10s }
stages:
  staging:
    tag: main
    domains: [staging-${number}.example.com]
  prod:
    tag: 2.1.4
    domains: [shop-${number}.example.com]
    replicas: 2
    strategy: blue-green
`,
  (number) => `# Photographs, and what finds them again.
kind: stack
name: photos-${number}
compose: [compose.yaml]
environment: { TZ: Europe/Vienna }
services:
  web: { domains: [photos-${number}.example.com], port: 2283 }
`,
  (number) => `kind: site
name: docs-${number}
content: { path: ./public }
domains: [docs-${number}.example.com]
not_found: 404.html
`,
  (number) => `kind: proxy
name: nas-${number}
domains: [nas-${number}.example.com]
forward: http://192.0.2.10:5000
`,
];
