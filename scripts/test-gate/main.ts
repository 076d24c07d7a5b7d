// The command line of `npm test`: checks, then the quick tests, then those on one private engine, which always goes away again.
import { spawnSync } from 'node:child_process';
import { loadTestImages } from '../../test/support/real/images.ts';
import { stopAbandonedEngines } from '../private-engine/abandoned.ts';
import { startPrivateEngine } from '../private-engine/start.ts';
import { stopPrivateEngine } from '../private-engine/stop.ts';
import { checkout } from '../real-parts/paths.ts';
import { type OtherNode, otherNodes } from './other-nodes.ts';
import { type Phase, phaseOn, phasesFor } from './phases.ts';
import { interruptRun, runPhase } from './run-phase.ts';

const startedAt = performance.now();
const wishes = process.argv.slice(2);
const engineName = `tests-${process.pid}`;
const problems: string[] = [];

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted = true;
    interruptRun();
  });
}

const testWishes = wishes.filter((wish) => wish !== 'checks' && wish !== 'nodes');
const phases = wishes.length > 0 && testWishes.length === 0 ? [] : [...phasesFor(testWishes)];
if (wishes.length === 0 || wishes.includes('nodes')) phases.push(...nodes().map(phaseOn));
if (wishes.length === 0 || wishes.includes('checks')) {
  runCheck('biome', ['check', '.']);
  runCheck('tsc', ['-p', 'tsconfig.json']);
  runCheck('depcruise', ['--config', '.dependency-cruiser.cjs', 'src']);
}
for (const phase of phases) {
  if (!interrupted) problems.push(...(await run(phase)));
}
if (interrupted) problems.push('The run was interrupted.');

const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
process.stdout.write(
  problems.length === 0 ? `\nAll is well (${seconds} s).\n` : `\nFailed after ${seconds} s:\n`,
);
for (const problem of problems) process.stdout.write(`  ${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Where they cannot be had, the other tests run all the same, and the run is red. */
function nodes(): readonly OtherNode[] {
  try {
    return otherNodes();
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
    return [];
  }
}

/** A check that fails does not keep the tests from running: one run tells everything that is wrong. */
function runCheck(command: string, args: readonly string[]): void {
  process.stdout.write(`\n== ${command} ${args.join(' ')}\n`);
  const child = spawnSync(command, args, { cwd: checkout, stdio: ['ignore', 'inherit', 'inherit'] });
  if (child.status !== 0) problems.push(`${command} found something to mend.`);
}

async function run(phase: Phase): Promise<readonly string[]> {
  process.stdout.write(`\n== ${phase.title}: ${phase.files.length} files\n`);
  return phase.needsEngine ? onEngine(phase) : runPhase(phase, process.env);
}

async function onEngine(phase: Phase): Promise<readonly string[]> {
  await stopAbandonedEngines();
  const engine = await startPrivateEngine({ name: engineName });
  try {
    await loadTestImages(engine);
    return await runPhase(phase, { ...process.env, TINYFORGE_TEST_ENGINE: engine.socketPath });
  } finally {
    await stopPrivateEngine(engineName);
    await stopAbandonedEngines();
  }
}
