// Reports a test run in few lines: one for each file, and every failure in full.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { inspect } from 'node:util';
import type { RunSummary } from './summary.ts';

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
  const failed: { test: string; text: string }[] = [];
  for await (const { type, data } of events) {
    const file = data.file === undefined ? '' : relative(process.cwd(), data.file);
    if (type === 'test:stdout' || type === 'test:stderr') {
      output.set(file, (output.get(file) ?? '') + (data.message ?? ''));
    } else if (type === 'test:fail' && data.details?.error?.failureType !== 'subtestsFailed') {
      failures.set(file, [...(failures.get(file) ?? []), failureText(data)]);
      const isFile = file === '' || data.name === data.file || data.name === file;
      // Of a file that could not be loaded, only what it printed says why.
      failed.push(
        isFile
          ? { test: file, text: output.get(file) ?? errorText(data) }
          : { test: `${file} > ${data.name}`, text: errorText(data) },
      );
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
      const summary: RunSummary = { counts: data.counts ?? {}, filesWithTests, notRun, failed };
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
  return `  ✖ ${data.classname === undefined ? '' : `${data.classname} > `}${data.name}\n${errorText(data).replace(/^/gm, '    ')}\n`;
}

function errorText(data: TestData): string {
  const error = data.details?.error;
  return wordsOf(error?.cause ?? error);
}

/** Of a test that failed and whose clean-up failed as well, both: the first is the reason, and the second hides it. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  const { suppressed, error: last } = error as { suppressed?: unknown; error?: unknown };
  if (suppressed !== undefined)
    return `${wordsOf(suppressed)}\nand then its clean-up failed:\n${wordsOf(last)}`;
  return error.stack ?? error.message;
}
