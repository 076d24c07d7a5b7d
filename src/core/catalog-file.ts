// From one file of a source to units, problems, and what must be held because it cannot be read.
import type { Desired } from '../model/desired.ts';
import type { FolderStack, KindReader, ManifestDocument, ReadSettings } from '../model/kind.ts';
import type { Problem } from '../model/problem.ts';
import type { SourceFile } from '../model/source.ts';
import type { Place, WorkloadKind } from '../model/unit.ts';
import { readManifest } from './catalog-document.ts';
import { type IdentityFault, identify } from './catalog-identity.ts';
import { readDocuments, type TextDocument } from './documents.ts';
import type { Broken } from './hold.ts';
import { workloadId } from './naming.ts';
import { problem } from './problem.ts';
import { pathText } from './validate-finding.ts';

export interface FileInput {
  file: SourceFile;
  origin: Pick<ManifestDocument, 'source' | 'sourceType' | 'revision' | 'root'>;
  variables: Readonly<Record<string, string>>;
  readers: readonly KindReader[];
  settings: ReadSettings;
  /** Folders of the source that are stacks by themselves, by name. */
  folders?: ReadonlyMap<string, FolderStack>;
}

/** One manifest of a file. */
export interface ReadEntry {
  /** Empty where the manifest has an error: it keeps its name, so that nobody else takes it over. */
  units: Desired[];
  isBroken: boolean;
  kind: WorkloadKind;
  name: string;
  /** Position of the document in its file, from 0. */
  index: number;
  place: Place;
}

/** A manifest with the text it was read from. */
export interface JoinEntry extends ReadEntry {
  text: string;
}

export interface FileReading {
  entries: ReadEntry[];
  problems: Problem[];
  broken: Broken[];
  /** Cannot be read and does not look like a manifest: it matters only where the file held a workload before. */
  unreadable: Broken[];
}

const LOOKS_LIKE_MANIFEST = /(^|[{,\s])["']?kind["']?\s*:\s*["']?(project|stack|site|proxy)\b/;

export function readFile(input: FileInput): FileReading {
  const { file, origin } = input;
  const reading: FileReading = { entries: [], problems: [], broken: [], unreadable: [] };
  const at = { source: origin.source, file: file.path };
  if (file.text === null) {
    const refused = file.refused ?? NOT_READ;
    reading.problems.push(problem({ ...refused, ...at, line: 1, column: 1, effect: EFFECT_FILE }));
    reading.broken.push({ ...at, workloadIds: [], unknown: true, why: `${file.path}: ${refused.message}` });
    return reading;
  }
  const { documents, faults } = readDocuments(file.text);
  const first = faults[0];
  if (first !== undefined) {
    const isManifest = LOOKS_LIKE_MANIFEST.test(file.text);
    const severity = isManifest ? 'error' : 'warning';
    const effect = isManifest ? EFFECT_FILE : 'If it is no manifest, nothing depends on it.';
    reading.problems.push(
      ...faults.map(({ path, ...fault }) => problem({ ...fault, ...at, severity, effect, path: null })),
    );
    const held = {
      ...at,
      workloadIds: knownIds(documents, input.readers),
      unknown: true,
      why: whereAndWhy(file.path, first),
    };
    (isManifest ? reading.broken : reading.unreadable).push(held);
    return reading;
  }
  for (const [index, text] of documents.entries()) readDocument(reading, { ...input, text, index });
  return reading;
}

const EFFECT_FILE =
  'The workloads of this file stay as they were last applied; nothing of its source is removed.';
const NOT_READ = { reason: 'FileUnreadable', message: 'The file cannot be read.', hint: null };

function readDocument(reading: FileReading, input: FileInput & { text: TextDocument; index: number }): void {
  const { text, index, file, readers, settings, variables } = input;
  const origin = { ...input.origin, file: file.path };
  const at = { source: origin.source, file: file.path };
  const kinds = readers.map(({ kind }) => kind);
  const identity = identify(text, kinds);
  if (identity.type === 'foreign') return;
  if (identity.type !== 'manifest') {
    const told = identityProblem(identity.fault, { text, at, identity });
    reading.problems.push(told);
    const ids =
      identity.name === null ? [] : kinds.map((kind) => workloadId({ kind, name: identity.name ?? '' }));
    const held = {
      ...at,
      workloadIds: ids,
      unknown: identity.type === 'unclear',
      why: whereAndWhy(file.path, told),
    };
    // A kind of a later version never was a workload here; it must not stop pruning for good.
    (identity.type === 'later' ? reading.unreadable : reading.broken).push(held);
    return;
  }
  const { kind, name } = identity;
  const reader = readers.find((candidate) => candidate.kind === kind);
  if (reader === undefined) return;
  const folder = kind === 'stack' ? input.folders?.get(name) : undefined;
  const { units, problems } = readManifest({
    text,
    kind,
    name,
    reader,
    settings,
    variables,
    origin: folder === undefined ? origin : { ...origin, folder },
  });
  reading.problems.push(...problems);
  const error = problems.find(({ severity }) => severity === 'error');
  const place = { ...at, ...text.positionOf(['name'], 'value') };
  reading.entries.push({ units, kind, name, index, isBroken: error !== undefined, place });
  if (error === undefined) return;
  const ids = [workloadId({ kind, name })];
  reading.broken.push({ ...at, workloadIds: ids, unknown: false, why: whereAndWhy(file.path, error) });
}

/** As in the list of problems, so that whoever reads why a workload is held knows where to mend it. */
function whereAndWhy(
  file: string,
  { line, column, message }: Pick<Problem, 'line' | 'column' | 'message'>,
): string {
  const place = [file, line, column].filter((part) => part !== null);
  return `${place.join(':')}: ${message}`;
}

function identityProblem(
  fault: IdentityFault,
  {
    text,
    at,
    identity,
  }: { text: TextDocument; at: { source: string; file: string }; identity: { type: string } },
): Problem {
  const effect = identity.type === 'later' ? 'Nothing is made from it.' : EFFECT_FILE;
  const position = text.positionOf(fault.path, fault.reason === 'UnknownKey' ? 'key' : 'value');
  return problem({ ...fault, ...at, ...position, effect, path: pathText(fault.path) });
}

/** What can still be read of a file with a syntax error, to be held by name wherever it moved. */
function knownIds(documents: readonly TextDocument[], readers: readonly KindReader[]): string[] {
  const kinds = readers.map(({ kind }) => kind);
  return documents.flatMap((document) => {
    const identity = identify(document, kinds);
    return identity.type === 'manifest' ? [workloadId(identity)] : [];
  });
}
