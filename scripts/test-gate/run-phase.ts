// Runs the test files of one phase with node's own runner, and judges what the runner lets pass: no test, skipped tests.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkout } from '../real-parts/paths.ts';
import type { Phase } from './phases.ts';
import { closingLines, type RunSummary, readSummary } from './summary.ts';

const runners = new Set<ChildProcess>();
let isInterrupted = false;

/** Ends the test files that run now, and begins no other, so that what they use can be taken away. */
export function interruptRun(): void {
  isInterrupted = true;
  for (const runner of runners) runner.kill('SIGTERM');
}

interface Outcome {
  readonly problems: readonly string[];
  readonly summary: RunSummary | undefined;
}

/** Answers with the reasons for which the phase has failed; none means that every test of it ran and passed. */
export async function runPhase(phase: Phase, environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  return concluded(async () => [await run(phase, { environment, output: 'as it comes' })]);
}

/**
 * The same in lanes, one for each environment: each takes the next file as soon as it is done with one. A file's lines
 * come whole, when it has ended.
 */
export async function runInLanes(
  phase: Phase,
  environments: readonly NodeJS.ProcessEnv[],
): Promise<readonly string[]> {
  const waiting = [...phase.files];
  const outcomes: Outcome[] = [];
  const lane = async (environment: NodeJS.ProcessEnv): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined && !isInterrupted; file = waiting.shift())
      outcomes.push(
        await run({ ...phase, title: file, files: [file], atOnce: 1 }, { environment, output: 'at its end' }),
      );
  };
  return concluded(async () => {
    await Promise.all(environments.map(lane));
    return outcomes;
  });
}

async function concluded(work: () => Promise<readonly Outcome[]>): Promise<readonly string[]> {
  const startedMs = performance.now();
  const outcomes = await work();
  const summaries = outcomes.flatMap(({ summary }) => summary ?? []);
  process.stdout.write(closingLines(summaries, performance.now() - startedMs));
  return outcomes.flatMap(({ problems }) => problems);
}

interface RunOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly output: 'as it comes' | 'at its end';
}

async function run(phase: Phase, { environment, output }: RunOptions): Promise<Outcome> {
  const place = mkdtempSync(join(tmpdir(), 'tinyforge-run-'));
  const summaryPath = join(place, 'summary.json');
  try {
    const status = await runNode(phase, {
      environment: { ...environment, FORGE_TEST_SUMMARY: summaryPath },
      output,
    });
    const failed = status === 0 ? [] : [`${phase.title}: the runner ended with ${status}.`];
    const summary = readSummary(summaryPath);
    return { problems: [...failed, ...judge(phase, summary)], summary };
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
    // Said once more at the very end: of a run of an hour often only the last lines are kept.
    ...summary.failed.map(({ test, text }) => `${test} failed.\n${beginning(text).replace(/^/gm, '      ')}`),
  ];
}

/** Enough of an error to know what it is; all of it stands where the file's line is. */
function beginning(text: string): string {
  const lines = text.split('\n');
  return (lines.length <= 30 ? lines : [...lines.slice(0, 30), '…']).join('\n');
}

function runNode(phase: Phase, { environment, output }: RunOptions): Promise<number> {
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
    const isHeld = output === 'at its end';
    const child = spawn(program, args, {
      cwd: checkout,
      // Set when a test of ours runs this; with it node would take the run for a part of that one and run nothing.
      env: { ...environment, NODE_TEST_CONTEXT: undefined, PATH: `${dirname(program)}:${environment.PATH}` },
      stdio: ['ignore', isHeld ? 'pipe' : 'inherit', 'inherit'],
    });
    const held: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => held.push(chunk));
    runners.add(child);
    const ended = (code: number): void => {
      runners.delete(child);
      process.stdout.write(Buffer.concat(held));
      resolve(code);
    };
    child.once('error', () => ended(127));
    child.once('close', (code) => ended(code ?? 1));
  });
}
