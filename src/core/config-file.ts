// Reads tinyforge.yaml and holds it against its schema; places are kept for what is found later.
import type { Problem } from '../model/problem.ts';
import type { ConfigInput } from './config-input.ts';
import { type Path, readDocuments, type TextDocument } from './documents.ts';
import { problem } from './problem.ts';
import { type ConfigFile, configSchema, LATER_CONFIG } from './schema-config.ts';
import { type Verdict, validate } from './validate.ts';
import { pathText } from './validate-finding.ts';
import { changedNumbers } from './validate-numbers.ts';
import { withoutPaths } from './validate-prune.ts';

export interface ReadConfigFile {
  /** What is right of it; null where nothing is. */
  value: ConfigFile | null;
  problems: Problem[];
  problemAt(path: Path, wrong: { reason: string; message: string; hint: string | null }): Problem;
}

export function readConfigFile({ text, file }: ConfigInput): ReadConfigFile {
  const { documents, faults } = text === null ? { documents: [], faults: [] } : readDocuments(text);
  const [document, second] = documents;
  const problemAt: ReadConfigFile['problemAt'] = (path, wrong) =>
    place(wrong, { path, part: 'value', document, file });
  const unreadable = faults.map(({ path: _path, ...fault }) => problem({ ...fault, file, effect: EFFECT }));
  if (unreadable.length > 0) return { value: null, problems: unreadable, problemAt };
  if (document === undefined) return { value: null, problems: [], problemAt };
  const { value, faults: wrong } = document.read();
  const problems = wrong.map((fault) =>
    problem({ ...fault, path: pathText(fault.path), file, effect: EFFECT }),
  );
  if (second !== undefined)
    problems.push(problem({ ...MANY, ...second.positionOf([], 'value'), file, effect: EFFECT }));
  if (value === null && wrong.length === 0) return { value: null, problems, problemAt };
  const subject = {
    schema: configSchema as unknown as Readonly<Record<string, unknown>>,
    later: LATER_CONFIG,
    what: 'tinyforge.yaml',
    interpolated: new Set<string>(),
    sourceOf: (path: Path) => document.sourceOf(path),
  };
  const verdict = validate({ ...subject, value: value ?? {} });
  for (const finding of [...verdict.findings, ...changedNumbers(value, document)]) {
    problems.push(place(finding, { path: finding.path, part: finding.part, document, file }));
  }
  const rest = usable(verdict, (part) => validate({ ...subject, value: part }));
  return { value: rest, problems, problemAt };
}

function place(
  wrong: { reason: string; message: string; hint: string | null },
  at: { path: Path; part: 'key' | 'value'; document: TextDocument | undefined; file: string },
): Problem {
  const { reason, message, hint } = wrong;
  const position = at.document?.positionOf(at.path, at.part) ?? { line: null, column: null };
  return problem({
    reason,
    message,
    hint,
    ...position,
    file: at.file,
    path: pathText(at.path),
    effect: EFFECT,
  });
}

/** What is right of the file, so that it can be looked at further; null where that cannot be told apart. */
function usable(verdict: Verdict, check: (value: unknown) => Verdict): ConfigFile | null {
  const paths = verdict.findings.map(({ path }) => path);
  const rest = withoutPaths(verdict.value, paths);
  const again = check(rest).findings;
  // What lacks a key is taken out as a whole.
  const parts = withoutPaths(
    rest,
    again.map(({ path }) => path),
  );
  return isMap(parts) && check(parts).findings.length === 0 ? (parts as ConfigFile) : null;
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const EFFECT = 'Tinyforge does not start with this configuration.';
const MANY = {
  reason: 'TooManyDocuments',
  message: 'tinyforge.yaml is one document, and a second one begins here.',
  hint: 'manifests belong in files of a source; take this one out',
};
