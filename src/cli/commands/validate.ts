// `validate`: reads all manifests and shows each problem at its place; needs neither engine nor database.
import path from 'node:path';
import { codeFrame, frameText } from '../../core/code-frame.ts';
import { problemJson } from '../../core/json-problem.ts';
import { count } from '../../core/words-names.ts';
import type { Config } from '../../model/config.ts';
import type { Problem } from '../../model/problem.ts';
import type { Validation } from '../../ports/session.ts';
import { writeJson } from '../answers.ts';
import type { Command, CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { patiently } from '../patience.ts';

export const validate: Command = {
  name: 'validate',
  summary: 'check all manifests, without engine and network',
  usage: 'validate',
  examples: [
    ['tinyforge validate', 'every problem, at its place'],
    ['tinyforge validate --directory ./forge.d', 'of a directory, before it is committed'],
    ['tinyforge validate -o github', 'as annotations, for CI'],
  ],
  flags: {},
  outputs: ['table', 'json', 'github', 'name'],
  names: { least: 0, most: 0 },
  async run(context) {
    const config = await context.config();
    const found = await patiently(context, 'Reading sources', () => context.sessions.validate(config));
    const problems = sorted(found.problems).map((problem) => ({
      problem,
      file: fileOf(context, config, problem),
    }));
    switch (context.output) {
      case 'json':
        writeJson(context, 'ProblemList', {
          files: found.files,
          units: found.units,
          items: found.problems.map(problemJson),
        });
        break;
      case 'github':
        for (const entry of problems) context.out.line(annotation(entry));
        break;
      case 'name':
        for (const file of new Set(problems.map((entry) => entry.file ?? entry.problem.source ?? '-')))
          context.out.line(file);
        break;
      default:
        print(context, found, problems);
    }
    return found.problems.some((problem) => problem.severity === 'error') ? EXIT.failed : EXIT.done;
  },
};

interface Found {
  problem: Problem;
  /** As an editor finds it from here; null where it is about no file. */
  file: string | null;
}

function print(context: CommandContext, found: Validation, problems: readonly Found[]): void {
  const { out } = context;
  for (const { problem, file } of problems) {
    const place =
      file === null
        ? ''
        : `${[file, problem.line, problem.column].filter((part) => part !== null).join(':')}  `;
    const about = [problem.workload, problem.path].filter((part) => part !== null).join(' › ');
    const tone = problem.severity === 'error' ? 'bad' : problem.severity === 'warning' ? 'warn' : 'off';
    out.line(
      `${place}${out.colour(tone, problem.severity)}  ${problem.reason}${about === '' ? '' : `  ${about}`}`,
    );
    for (const line of framed(context, found, problem)) out.line(line);
    if (problem.hint !== null) out.line(`  ${out.dim('hint:')} ${problem.hint}`);
    out.line('');
  }
  out.line(sentence(found));
}

function framed({ out }: CommandContext, found: Validation, problem: Problem): string[] {
  const { source, file, line, column } = problem;
  const text = source === null || file === null ? null : found.fileText(source, file);
  if (text === null || line === null) return [`  ${problem.message}`];
  const rows = codeFrame({ text, line, column: column ?? 1, message: problem.message, width: out.width() });
  if (rows.length === 0) return [`  ${problem.message}`];
  return frameText(rows).map((shown, index) => {
    const row = rows[index];
    return row?.type === 'caret' ? shown.replace(row.caret, (caret) => out.colour('bad', caret)) : shown;
  });
}

function sentence({ files, units, problems }: Validation): string {
  if (problems.length === 0) {
    if (files === 0) return 'No file with manifests was found.';
    return `No problems in ${count(files, 'file')}: ${count(units, 'workload')} ${units === 1 ? 'is' : 'are'} fine.`;
  }
  const broken = new Set(problems.map((problem) => `${problem.source}:${problem.file}`)).size;
  const fine = `${count(units, 'workload')} ${units === 1 ? 'is' : 'are'} fine`;
  return `${count(problems.length, 'problem')} in ${broken} of ${count(files, 'file')}; ${fine}.`;
}

/** By file, then by place: as one works through them. */
function sorted(problems: readonly Problem[]): Problem[] {
  const text = (problem: Problem) => `${problem.source ?? ''}\0${problem.file ?? ''}`;
  return [...problems].sort(
    (a, b) =>
      text(a).localeCompare(text(b), 'en') ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

/** A file of a directory is shown as it lies from here, so that a click opens it. */
function fileOf({ cwd }: CommandContext, config: Config, { source, file }: Problem): string | null {
  if (file === null) return null;
  const from = config.sources.find((candidate) => candidate.name === source);
  if (from?.type !== 'directory') return file;
  const absolute = path.join(from.directory, file);
  const relative = path.relative(cwd, absolute);
  return relative.startsWith('..') ? absolute : relative;
}

/** GitHub's workflow command; values are escaped as its toolkit does. */
function annotation({ problem, file }: Found): string {
  const level = problem.severity === 'info' ? 'notice' : problem.severity;
  const parts = [
    ...(file === null ? [] : [`file=${escapedProperty(file)}`]),
    ...(problem.line === null ? [] : [`line=${problem.line}`]),
    ...(problem.column === null ? [] : [`col=${problem.column}`]),
    `title=${escapedProperty(problem.reason)}`,
  ];
  const message = problem.hint === null ? problem.message : `${problem.message}\n${problem.hint}`;
  return `::${level} ${parts.join(',')}::${escaped(message)}`;
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
