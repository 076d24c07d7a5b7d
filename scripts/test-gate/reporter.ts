// Reports a test run in few lines: one for each file, every failure in full, and node's closing lines.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { inspect } from 'node:util';

/** What the gate reads after a run, from the file named by FORGE_TEST_SUMMARY. */
export interface RunSummary {
  readonly counts: Readonly<Record<string, number>>;
  /** Test files that ran at least one test. */
  readonly filesWithTests: readonly string[];
  /** `file > test` of each skipped or todo test. */
  readonly notRun: readonly string[];
}

interface TestData {
  readonly name?: string;
  readonly file?: string;
  readonly classname?: string;
  readonly message?: string;
  readonly skip?: boolean | string;
  readonly todo?: boolean | string;
  readonly success?: boolean;
  readonly duration_ms?: number;
  readonly counts?: Readonly<Record<string, number>>;
  readonly details?: { readonly error?: { readonly cause?: unknown; readonly failureType?: string } };
}

interface TestEvent {
  readonly type: string;
  readonly data: TestData;
}

// node takes a reporter as a module's default export, and as nothing else.
// biome-ignore lint/style/noDefaultExport: the runner's contract
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const output = new Map<string, string>();
  const failures = new Map<string, string[]>();
  const filesWithTests: string[] = [];
  const notRun: string[] = [];
  for await (const { type, data } of events) {
    const file = data.file === undefined ? '' : relative(process.cwd(), data.file);
    if (type === 'test:stdout' || type === 'test:stderr') {
      output.set(file, (output.get(file) ?? '') + (data.message ?? ''));
    } else if (type === 'test:fail' && data.details?.error?.failureType !== 'subtestsFailed') {
      failures.set(file, [...(failures.get(file) ?? []), failureText(data)]);
      if (file === '' || data.name === data.file) yield failureText(data);
    } else if (type === 'test:pass' && (data.skip !== undefined || data.todo !== undefined)) {
      notRun.push(`${file} > ${data.name}`);
    } else if (type === 'test:summary' && data.file !== undefined) {
      if ((data.counts?.tests ?? 0) > 0) filesWithTests.push(file);
      yield fileLine(file, data);
      // What a passing file prints is noise; what a failing one prints is evidence.
      if (data.success === false)
        yield `${(failures.get(file) ?? []).join('\n')}\n${output.get(file) ?? ''}\n`;
      failures.delete(file);
      output.delete(file);
    } else if (type === 'test:summary') {
      // A file that crashed or could not be loaded sends no summary of its own.
      for (const [crashed, texts] of failures)
        yield `✖ ${crashed}\n${texts.join('\n')}\n${output.get(crashed) ?? ''}\n`;
      yield closingLines(data);
      const summary: RunSummary = { counts: data.counts ?? {}, filesWithTests, notRun };
      const path = process.env.FORGE_TEST_SUMMARY;
      if (path !== undefined) writeFileSync(path, JSON.stringify(summary));
    }
  }
}

function fileLine(file: string, data: TestData): string {
  const seconds = ((data.duration_ms ?? 0) / 1000).toFixed(1);
  return `${data.success === false ? '✖' : '✔'} ${file}: ${data.counts?.tests ?? 0} tests, ${seconds} s\n`;
}

function failureText(data: TestData): string {
  const error = data.details?.error;
  const cause = error?.cause ?? error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
  return `  ✖ ${data.classname === undefined ? '' : `${data.classname} > `}${data.name}\n${text.replace(/^/gm, '    ')}\n`;
}

function closingLines(data: TestData): string {
  const counts = data.counts ?? {};
  const lines = [
    ['tests', counts.tests],
    ['suites', counts.suites],
    ['pass', counts.passed],
    ['fail', counts.failed],
    ['cancelled', counts.cancelled],
    ['skipped', counts.skipped],
    ['todo', counts.todo],
    ['duration_ms', Math.round(data.duration_ms ?? 0)],
  ];
  return `${lines.map(([name, value]) => `# ${name} ${value ?? 0}`).join('\n')}\n`;
}
