// What a run of test files has come to: written by the reporter, read, added up and printed by the gate.
import { readFileSync } from 'node:fs';

/** What the gate reads after a run, from the file named by FORGE_TEST_SUMMARY. */
export interface RunSummary {
  readonly counts: Readonly<Record<string, number>>;
  /** Test files that ran at least one test. */
  readonly filesWithTests: readonly string[];
  /** `file > test` of each skipped or todo test. */
  readonly notRun: readonly string[];
  /** `file > test` of each test that failed, with the error in full. */
  readonly failed: readonly { readonly test: string; readonly text: string }[];
}

/** Undefined where the runner wrote none: it was ended, or could not begin. */
export function readSummary(path: string): RunSummary | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** As node's own reporters end, for what several runs came to. */
export function closingLines(summaries: readonly RunSummary[], durationMs: number): string {
  const sum = (name: string): number =>
    summaries.reduce((total, { counts }) => total + (counts[name] ?? 0), 0);
  const lines: readonly (readonly [string, number])[] = [
    ['tests', sum('tests')],
    ['suites', sum('suites')],
    ['pass', sum('passed')],
    ['fail', sum('failed')],
    ['cancelled', sum('cancelled')],
    ['skipped', sum('skipped')],
    ['todo', sum('todo')],
    ['duration_ms', Math.round(durationMs)],
  ];
  return `${lines.map(([name, value]) => `# ${name} ${value}`).join('\n')}\n`;
}
