// The command line of `npm test`: checks, then the quick tests, then those on private engines, which always go away again.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadTestImages } from '../../test/support/real/images.ts';
import { stopAbandonedEngines } from '../private-engine/abandoned.ts';
import { startPrivateEngine } from '../private-engine/start.ts';
import { stopPrivateEngine } from '../private-engine/stop.ts';
import { checkout, forgeDirectory } from '../real-parts/paths.ts';
import { type OtherNode, otherNodes } from './other-nodes.ts';
import { type Phase, phaseOn, phasesFor } from './phases.ts';
import { interruptRun, runInLanes, runPhase } from './run-phase.ts';

const startedAt = performance.now();
const wishes = process.argv.slice(2);
const problems: string[] = [];

// Each test file, and each `tinyforge` that one starts, is a process that would strip and compile all of src again: that
// is half of the processor's time. Begun anew each time, for copies that tests make and change would heap up in it.
const compiled = join(forgeDirectory, 'compiled');
rmSync(compiled, { recursive: true, force: true });
process.env.NODE_COMPILE_CACHE = compiled;

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
  return phase.needsEngine ? onEngines(phase) : runPhase(phase, process.env);
}

/** An engine for each file that runs at once: what they share is the machine alone. */
async function onEngines(phase: Phase): Promise<readonly string[]> {
  await stopAbandonedEngines();
  const count = Math.min(phase.atOnce, phase.files.length);
  // The id at its end is how it is known as abandoned when this process is killed.
  const names = Array.from({ length: count }, (_, index) => `tests-${index + 1}-${process.pid}`);
  try {
    const environments: NodeJS.ProcessEnv[] = [];
    for (const name of names) {
      const engine = await startPrivateEngine({ name });
      await loadTestImages(engine);
      environments.push({ ...process.env, TINYFORGE_TEST_ENGINE: engine.socketPath });
    }
    return await runInLanes(phase, environments);
  } finally {
    for (const name of names) await stopPrivateEngine(name);
    await stopAbandonedEngines();
  }
}
