// From one document of a known identity to its units: variables in, held against the schema, read by its kind.
import type { Desired } from '../model/desired.ts';
import type { KindReader, ManifestDocument, ReadSettings } from '../model/kind.ts';
import type { Problem } from '../model/problem.ts';
import { misplacedSecrets } from './catalog-secrets.ts';
import type { Path, TextDocument } from './documents.ts';
import { interpolateValue, pathKey } from './interpolate-value.ts';
import { problem } from './problem.ts';
import { validate } from './validate.ts';
import { type Finding, findingProblem, heldEffect, MOST_PROBLEMS, pathText } from './validate-finding.ts';
import { changedNumbers } from './validate-numbers.ts';
import { withoutPaths } from './validate-prune.ts';

export interface DocumentInput {
  text: TextDocument;
  kind: KindReader['kind'];
  name: string;
  reader: KindReader;
  settings: ReadSettings;
  variables: Readonly<Record<string, string>>;
  origin: Pick<ManifestDocument, 'source' | 'sourceType' | 'revision' | 'root' | 'file' | 'folder'>;
}

/** Units only where there is no error at all: half a manifest is nobody's wish. */
export function readManifest(input: DocumentInput): { units: Desired[]; problems: Problem[] } {
  const { text, reader, kind, name, origin } = input;
  const placeOf = (path: Path, part: 'key' | 'value' = 'value') => ({
    source: origin.source,
    file: origin.file,
    ...text.positionOf(path, part),
  });
  const document = (value: unknown): ManifestDocument => ({
    ...origin,
    kind,
    name,
    value: value as ManifestDocument['value'],
    // A map or a list is found by its key: its own first character may be a line below.
    placeOf: (path) => placeOf(path, path.length > 0 && text.sourceOf(path) === null ? 'key' : 'value'),
  });
  const tell = (finding: Finding): Problem => ({
    ...findingProblem(finding, { kind, name, placeOf: (path) => placeOf(path, finding.part) }),
    ...(finding.text === undefined ? {} : text.positionOfText(finding.path, finding.text)),
  });

  const plain = text.read();
  const faults = plain.faults.map(({ line, column, path, ...fault }) =>
    problem({
      ...fault,
      ...placeOf([]),
      line,
      column,
      path: pathText(path),
      workload: `${kind}.${name}`,
      effect: heldEffect(name),
    }),
  );
  // A document that is no map any more (a bomb, a cycle) has nothing else to say.
  if (typeof plain.value !== 'object' || plain.value === null) return { units: [], problems: faults };

  const put = interpolateValue(plain.value, input.variables);
  const unread: Finding[] = [
    ...put.faults.map(({ expression, ...fault }) => ({ ...fault, part: 'value' as const, text: expression })),
    ...misplacedSecrets(put.secrets),
    ...changedNumbers(put.value, text),
  ];
  const readable = withoutPaths(
    put.value,
    [...plain.faults, ...unread].map(({ path }) => path),
  );
  const subject = {
    schema: reader.schema,
    later: reader.later,
    what: kind,
    interpolated: put.changed,
    sourceOf: (path: Path) => text.sourceOf(path),
  };
  const verdict = validate({ ...subject, value: readable });
  // What was taken out for a fault of its own is not missing as well.
  const taken = new Set([...plain.faults, ...unread].map(({ path }) => pathKey(path)));
  const findings = verdict.findings.filter((finding) => !isAboutTaken(finding, taken));
  const told = [...faults, ...[...unread, ...findings].map(tell)];
  if (told.length === 0) {
    const { units, problems } = reader.read(document(verdict.value), input.settings);
    const isWrong = problems.some(({ severity }) => severity === 'error');
    return { units: isWrong ? [] : units, problems: problems.sort(byPlace) };
  }
  return { units: [], problems: firstOf([...told, ...furtherProblems()].sort(byPlace)) };

  /** All at once: what is right so far is read on, for its problems only. */
  function furtherProblems(): Problem[] {
    const rest = withoutPaths(
      verdict.value,
      verdict.findings.map(({ path }) => path),
    );
    if (verdict.findings.some(({ reason }) => reason === 'MissingKey') || taken.size > 0) return [];
    if (validate({ ...subject, value: rest }).findings.length > 0) return [];
    // What is missing may be what was taken out.
    const { problems } = reader.read(document(rest), input.settings);
    return problems.filter(({ reason }) => reason !== 'MissingKey');
  }
}

/** The rest is counted, for a hundred are mended first in any case. */
function firstOf(problems: Problem[]): Problem[] {
  const [first] = problems;
  if (problems.length <= MOST_PROBLEMS || first === undefined) return problems;
  return [
    ...problems.slice(0, MOST_PROBLEMS),
    {
      ...first,
      reason: 'TooManyProblems',
      message: `There are more problems in this document; the first ${MOST_PROBLEMS} are told.`,
      hint: 'mend these, and look again',
      path: null,
    },
  ];
}

function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function isAboutTaken(finding: Finding, taken: ReadonlySet<string>): boolean {
  if (taken.size === 0 || finding.reason !== 'MissingKey') return false;
  return taken.has(pathKey([...finding.path, finding.meant ?? '']));
}
