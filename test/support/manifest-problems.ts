// What a person sees of a broken manifest: place, reason, the lines around it, sentence, effect and hint.
import { codeFrame, frameText } from '../../src/core/code-frame.ts';
import type { Problem } from '../../src/model/problem.ts';
import type { BrokenCase } from './broken-manifests/cases.ts';
import { catalogOf, type Files } from './manifest-catalog.ts';

const VARIABLES = { WORD: 'two', BIG: '123456' };

export function filesOf({ files }: BrokenCase): Files {
  return typeof files === 'string' ? { 'shop.yaml': files } : files;
}

export function caseProblems(broken: BrokenCase): Problem[] {
  return catalogOf(filesOf(broken), {
    variables: VARIABLES,
    type: broken.source ?? 'directory',
    proxy: broken.proxy ?? null,
  }).problems;
}

export function problemsOf(broken: BrokenCase): string[] {
  const files = filesOf(broken);
  return caseProblems(broken).flatMap((problem) => [...shown(problem, files), '']);
}

function shown(problem: Problem, files: Files): string[] {
  const { file, line, column, severity, reason, workload, path, message, effect, hint } = problem;
  const about = [workload, path].filter((part) => part !== null).join(' › ');
  const text = file === null ? undefined : files[file];
  const frame =
    typeof text === 'string' && line !== null
      ? frameText(codeFrame({ text: printable(text), line, column: column ?? 1, message: '', width: 100 }))
      : [];
  return [
    `${file}:${line}:${column}  ${severity}  ${reason}${about === '' ? '' : `  ${about}`}`,
    ...frame,
    `  ${message}`,
    ...(effect === null ? [] : [`  effect: ${effect}`]),
    ...(hint === null ? [] : [`  hint: ${hint}`]),
  ];
}

function printable(text: string): string {
  return text.replaceAll('\u0007', '\u2407');
}
