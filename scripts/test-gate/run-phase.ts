// Runs the test files of one phase with node's own runner, and judges what the runner lets pass: no test, skipped tests.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkout } from '../real-parts/paths.ts';
import type { Phase } from './phases.ts';
import type { RunSummary } from './reporter.ts';

let runner: ChildProcess | undefined;

/** Ends the test files that run now, so that what they use can be taken away. */
export function interruptRun(): void {
  runner?.kill('SIGTERM');
}

/** Answers with the reasons for which the phase has failed; none means that every test of it ran and passed. */
export async function runPhase(phase: Phase, environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const place = mkdtempSync(join(tmpdir(), 'tinyforge-run-'));
  const summaryPath = join(place, 'summary.json');
  try {
    const status = await runNode(phase, { ...environment, FORGE_TEST_SUMMARY: summaryPath });
    const failed = status === 0 ? [] : [`${phase.title}: the runner ended with ${status}.`];
    return [...failed, ...judge(phase, readSummary(summaryPath))];
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** What makes a green run worthless although the runner exits with 0. */
export function judge(
  phase: Pick<Phase, 'title' | 'files'>,
  summary: RunSummary | undefined,
): readonly string[] {
  if (summary === undefined) return [`${phase.title}: the runner told no result.`];
  const empty = phase.files.filter((file) => !summary.filesWithTests.includes(file));
  return [
    ...(summary.filesWithTests.length === 0 ? [`${phase.title}: no test ran.`] : []),
    ...empty.map((file) => `${file} ran no test.`),
    ...summary.notRun.map((test) => `${test} is skipped or todo: a test runs, or it is not there.`),
  ];
}

function runNode(phase: Phase, environment: NodeJS.ProcessEnv): Promise<number> {
  const args = [
    ...(phase.options ?? []),
    '--test',
    `--test-reporter=${join(checkout, 'scripts/test-gate/reporter.ts')}`,
    '--test-reporter-destination=stdout',
    `--test-concurrency=${phase.atOnce}`,
    `--test-timeout=${phase.timeoutMs}`,
    ...phase.files,
  ];
  return new Promise((resolve) => {
    const program = phase.program ?? process.execPath;
    const child = spawn(program, args, {
      cwd: checkout,
      // Set when a test of ours runs this; with it node would take the run for a part of that one and run nothing.
      env: { ...environment, NODE_TEST_CONTEXT: undefined, PATH: `${dirname(program)}:${environment.PATH}` },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    runner = child;
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function readSummary(path: string): RunSummary | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
