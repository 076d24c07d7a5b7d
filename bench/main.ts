// `npm run bench`: measures what the documentation quotes, each against a baseline in the same run, and prints a table.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { outputOf } from '../scripts/demo-story/run-program.ts';
import { findComposePlugin } from '../scripts/real-parts/machine.ts';
import { checkout, forgeDirectory, readPaths } from '../scripts/real-parts/paths.ts';
import { adoptedStacks } from './adopted-stacks.ts';
import { coldConvergence } from './cold-convergence.ts';
import { deploy } from './deploy.ts';
import { loadBenchImage, removeBenchImage } from './engine.ts';
import { noOp } from './no-op.ts';
import { oneChanged } from './one-changed.ts';
import { projectContainers } from './project-containers.ts';
import { proxyHosts } from './proxy-hosts.ts';
import type { Bench, Row } from './row.ts';
import { siteRollback } from './site-rollback.ts';
import { tableOf } from './table.ts';
import { tenThousand } from './ten-thousand.ts';
import { validate } from './validate.ts';
import { webhook } from './webhook.ts';

const benches: readonly Bench[] = [
  noOp,
  adoptedStacks,
  coldConvergence,
  projectContainers,
  tenThousand,
  oneChanged,
  proxyHosts,
  deploy,
  siteRollback,
  validate,
  webhook,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, runs: { type: 'string', default: '5' } },
});
const chosen = positionals.length === 0 ? benches : benches.filter(({ name }) => positionals.includes(name));
const socketPath = process.env.TINYFORGE_TEST_ENGINE ?? '';
const say = (line: string) => void process.stderr.write(`${line}\n`);

if (chosen.length < positionals.length || socketPath === '') {
  say(
    `Usage: npm run bench [-- [--json FILE] [--runs N] [${benches.map(({ name }) => name).join(' | ')}]...]`,
  );
  process.exitCode = 64;
} else {
  process.exitCode = await run();
}

async function run(): Promise<number> {
  say('Building dist/, for what is measured is what is shipped.');
  await outputOf({ command: 'sh', args: ['scripts/build'], directory: checkout });
  const compose = readPaths().programs['docker-compose'] ?? findComposePlugin();
  if (compose === undefined) throw new Error('There is no Compose: run scripts/install-real-parts compose.');
  await loadBenchImage({ socketPath });
  const rows: Row[] = [];
  let wrong = 0;
  for (const bench of chosen) {
    say(`\n${bench.name}`);
    const directory = join(forgeDirectory, `bench-${process.pid}`, bench.name);
    mkdirSync(directory, { recursive: true });
    try {
      rows.push(...(await bench.measure({ socketPath, compose, directory, runs: Number(values.runs), say })));
    } catch (error) {
      wrong += 1;
      say(`  wrong: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await removeBenchImage({ socketPath });
  rmSync(join(forgeDirectory, `bench-${process.pid}`), { recursive: true, force: true });
  process.stdout.write(`\n${tableOf(rows)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  return wrong === 0 ? 0 : 1;
}
