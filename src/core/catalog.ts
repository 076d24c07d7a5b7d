import type { KindReader, ReadSettings } from '../model/kind.ts';
import type { SourceSnapshot } from '../model/source.ts';
import type { CachedDiscovery, CachedFile, CachedSource, Catalog, CatalogCache } from './catalog-cache.ts';
import { readDiscovered } from './catalog-discovered.ts';
import { type FileReading, type ReadEntry, readFile } from './catalog-file.ts';
import { type Incumbents, rankOf, ranksOf } from './catalog-incumbents.ts';
import { type Joined, type JoinInput, join } from './catalog-join.ts';
import { referencedPaths } from './catalog-referenced.ts';
import { discoverStacks } from './discover.ts';

export { type Catalog, type CatalogCache, createCatalogCache } from './catalog-cache.ts';

export interface CatalogInput {
  /** In the order of tinyforge.yaml: where two claim one thing and neither has it yet, the first gets it. */
  snapshots: readonly SourceSnapshot[];
  /** What `${NAME}` can see, by source. */
  variables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Names of the sources whose folders are stacks by themselves. */
  discover?: ReadonlySet<string>;
  readers: readonly KindReader[];
  settings: ReadSettings;
  /** Where what runs was read from, by the workload's id: it keeps its name, whoever claims it now. */
  incumbents?: Incumbents;
  cache: CatalogCache;
}

/** Pure but for its cache. Costs a look at each file's stamp where nothing changed. */
export function catalog(input: CatalogInput): Catalog {
  const { cache, snapshots } = input;
  cache.pass += 1;
  const settings = JSON.stringify(input.settings);
  const order = snapshots.map(({ source }) => source).join('\0');
  let changed = cache.last === null || cache.last.order !== order || cache.last.settings !== settings;
  for (const snapshot of snapshots) if (readSource(snapshot, input, settings)) changed = true;
  for (const source of cache.sources.keys()) {
    if (!snapshots.some((snapshot) => snapshot.source === source))
      changed = cache.sources.delete(source) || changed;
  }
  if (!changed && cache.last !== null && cache.last.ranks === ranksOf(cache.last.contested, input.incumbents))
    return cache.last.catalog;
  const { catalog: made, contested } = joinAll(input);
  cache.last = { catalog: made, order, settings, contested, ranks: ranksOf(contested, input.incumbents) };
  return made;
}

/** True where anything is different from the last pass. */
function readSource(snapshot: SourceSnapshot, input: CatalogInput, settings: string): boolean {
  const { cache, readers } = input;
  const variables = input.variables[snapshot.source] ?? {};
  const known = cache.sources.get(snapshot.source);
  // Bind sources of a directory are absolute, so its root is part of what is read; a checkout's is not.
  const { revision, root, type } = snapshot;
  const discovery = input.discover?.has(snapshot.source) === true ? discoverStacks(snapshot.files) : null;
  // A manifest is read with what its folder says, so other folders are other readings.
  const found = discovery === null ? '' : JSON.stringify(discovery);
  const key = `${type}\0${type === 'directory' ? root : ''}\0${settings}\0${found}`;
  const isSame = known !== undefined && known.key === key && sameVariables(known.variables, variables);
  const source: CachedSource = isSame
    ? known
    : { key, variables, files: new Map<string, CachedFile>(), discovered: null };
  cache.sources.set(snapshot.source, source);
  let changed = !isSame;
  const at = `${revision}\0${root}`;
  if (discovery !== null && source.discovered?.key !== at) {
    const origin = { source: snapshot.source, sourceType: type, revision, root };
    const read = readDiscovered({ discovery, origin, readers, settings: input.settings });
    source.discovered = { key: at, ...read };
    changed = true;
  }
  const folders = new Map(discovery?.stacks.map((folder) => [folder.name, folder]));
  for (const file of snapshot.files) {
    const entry = source.files.get(file.path);
    if (entry !== undefined && (entry.file === file || entry.stamp === file.stamp)) {
      entry.pass = cache.pass;
      if (entry.revision !== revision || entry.root !== root) {
        source.files.set(file.path, {
          ...entry,
          revision,
          root,
          reading: moved(entry.reading, { revision, root }),
        });
        changed = true;
      }
      continue;
    }
    const origin = { source: snapshot.source, sourceType: type, revision, root };
    const reading = readFile({ file, origin, variables, readers, settings: input.settings, folders });
    source.files.set(file.path, { stamp: file.stamp, revision, root, file, reading, pass: cache.pass });
    changed = true;
  }
  if (source.files.size > snapshot.files.length) {
    for (const [path, entry] of source.files) if (entry.pass !== cache.pass) source.files.delete(path);
    changed = true;
  }
  return changed;
}

function sameVariables(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
  );
}

/** The same wish at another commit: only where it was read from is new. */
function moved(reading: FileReading, to: { revision: string | null; root: string }): FileReading {
  const entries = reading.entries.map((entry) => ({
    ...entry,
    units: entry.units.map((unit) =>
      unit.kind === 'stack' || unit.kind === 'site' ? { ...unit, ...to } : { ...unit, revision: to.revision },
    ),
  }));
  return { ...reading, entries };
}

function joinAll(input: CatalogInput): { catalog: Catalog; contested: readonly ReadEntry[] } {
  const { cache, snapshots } = input;
  const files = snapshots.flatMap((snapshot) => {
    const cached = [...(cache.sources.get(snapshot.source)?.files.values() ?? [])];
    return cached.sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
  });
  const manifests = files.flatMap(({ file, reading }): JoinInput['entries'] =>
    reading.entries.map((entry) => ({ ...entry, text: file.text ?? '' })),
  );
  const discoveries = snapshots.flatMap(({ source }) => cache.sources.get(source)?.discovered ?? []);
  const found = discoveries.flatMap(({ entries }) => entries).filter((entry) => !isRefined(entry, manifests));
  const entries = [...manifests, ...found.map((entry) => ({ ...entry, text: '' }))];
  const rest = {
    broken: files.flatMap(({ reading }) => reading.broken),
    unreadable: files.flatMap(({ reading }) => reading.unreadable),
  };
  const inOrder = join({ entries, ...rest });
  const { contested } = inOrder;
  const rank = (entry: ReadEntry): number => rankOf(entry, input.incumbents);
  const joined =
    contested.length === 0
      ? inOrder
      : join({ entries: entries.toSorted((a, b) => rank(a) - rank(b)), ...rest });
  return { catalog: catalogOf(joined, { files, discoveries, snapshots }), contested };
}

function catalogOf(
  joined: Joined,
  from: {
    files: readonly CachedFile[];
    discoveries: readonly CachedDiscovery[];
    snapshots: CatalogInput['snapshots'];
  },
): Catalog {
  const { files, discoveries, snapshots } = from;
  return {
    units: joined.units,
    problems: [
      ...files.flatMap(({ reading }) => reading.problems),
      ...discoveries.flatMap(({ problems }) => problems),
      ...joined.problems,
    ],
    broken: [...files.flatMap(({ reading }) => reading.broken), ...joined.broken],
    unreadable: files.flatMap(({ reading }) => reading.unreadable),
    files: files.length,
    referenced: referencedPaths(
      snapshots.map(({ source }) => source),
      joined.units,
    ),
  };
}

/** A manifest of the folder's name stands for it, with all that it says; one that is broken, too. */
function isRefined({ name, place }: ReadEntry, manifests: JoinInput['entries']): boolean {
  return manifests.some(
    (entry) => entry.kind === 'stack' && entry.name === name && entry.place.source === place.source,
  );
}
