// The stacks that a source's folders are by themselves, as entries of the catalog beside its manifests.
import type { FolderStack, KindReader, ManifestDocument, ReadSettings } from '../model/kind.ts';
import type { Problem } from '../model/problem.ts';
import type { Place } from '../model/unit.ts';
import type { ReadEntry } from './catalog-file.ts';
import type { Discovery } from './discover.ts';
import { problem } from './problem.ts';

export interface DiscoveredInput {
  discovery: Discovery;
  origin: Pick<ManifestDocument, 'source' | 'sourceType' | 'revision' | 'root'>;
  readers: readonly KindReader[];
  settings: ReadSettings;
}

/** One entry for each folder; those that a manifest names are left out when all are joined. */
export function readDiscovered(input: DiscoveredInput): { entries: ReadEntry[]; problems: Problem[] } {
  const { discovery, origin } = input;
  const read = discovery.stacks.map((folder) => readFolder(folder, input));
  const nameless = discovery.nameless.map(({ file }) => noName({ source: origin.source, file }));
  const unsure = discovery.unsure.map(({ files }) => severalFiles(origin.source, files));
  return {
    entries: read.flatMap(({ entry }) => entry ?? []),
    problems: [...nameless, ...unsure, ...read.flatMap(({ problems }) => problems)],
  };
}

function readFolder(
  folder: FolderStack,
  { origin, readers, settings }: DiscoveredInput,
): { entry: ReadEntry | null; problems: Problem[] } {
  const [file = ''] = folder.compose;
  const place: Place = { source: origin.source, file, line: 1, column: 1 };
  const { name } = folder;
  const value = { kind: 'stack', name };
  const reader = readers.find(({ kind }) => kind === 'stack');
  if (reader === undefined) return { entry: null, problems: [] };
  const { units, problems } = reader.read(
    { ...origin, kind: 'stack', name, file, value, folder, placeOf: () => place },
    settings,
  );
  const isBroken = problems.some(({ severity }) => severity === 'error');
  return {
    entry: { units: isBroken ? [] : units, kind: 'stack', name, index: 0, isBroken, place },
    problems,
  };
}

function noName(at: { source: string; file: string }): Problem {
  const folder = at.file.slice(0, at.file.indexOf('/'));
  return problem({
    ...at,
    line: 1,
    column: 1,
    reason: 'FolderWithoutName',
    message: `No stack can be called after the folder ${JSON.stringify(folder.slice(0, 60))}: it has no letter from a to z and no digit.`,
    effect: 'This folder is passed over.',
    hint: 'Rename the folder, or write a manifest of kind stack that names its Compose file.',
  });
}

function severalFiles(source: string, files: readonly string[]): Problem {
  const [file = ''] = files;
  const names = files.slice(0, 3).map((one) => one.slice(one.indexOf('/') + 1));
  return problem({
    severity: 'warning',
    source,
    file,
    line: 1,
    column: 1,
    reason: 'SeveralComposeFiles',
    message: `It is not clear which of ${names.join(', ')}${files.length > 3 ? ' …' : ''} makes this folder a stack.`,
    effect: 'This folder is passed over.',
    hint: 'Call one of them `compose.yaml`, or write a manifest of kind stack with `compose: [FILE]`.',
  });
}
