import type { KindReader, ReadSettings } from '../model/kind.ts';
import type { SourceSnapshot } from '../model/source.ts';
import type { CachedFile, Catalog, CatalogCache } from './catalog-cache.ts';
import { type FileReading, readFile } from './catalog-file.ts';
import { type JoinInput, join } from './catalog-join.ts';
import { referencedPaths } from './catalog-referenced.ts';

export { type Catalog, type CatalogCache, createCatalogCache } from './catalog-cache.ts';

export interface CatalogInput {
  /** In the order of tinyforge.yaml: where two claim one thing, the first keeps it. */
  snapshots: readonly SourceSnapshot[];
  /** What `${NAME}` can see, by source. */
  variables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readers: readonly KindReader[];
  settings: ReadSettings;
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
  if (!changed && cache.last !== null) return cache.last.catalog;
  const made = joinAll(input);
  cache.last = { catalog: made, order, settings };
  return made;
}

/** True where anything is different from the last pass. */
function readSource(snapshot: SourceSnapshot, input: CatalogInput, settings: string): boolean {
  const { cache, readers } = input;
  const variables = input.variables[snapshot.source] ?? {};
  const known = cache.sources.get(snapshot.source);
  // Bind sources of a directory are absolute, so its root is part of what is read; a checkout's is not.
  const key = `${snapshot.type}\0${snapshot.type === 'directory' ? snapshot.root : ''}\0${settings}`;
  const isSame = known !== undefined && known.key === key && sameVariables(known.variables, variables);
  const source = isSame ? known : { key, variables, files: new Map<string, CachedFile>() };
  cache.sources.set(snapshot.source, source);
  let changed = !isSame;
  const { revision, root, type } = snapshot;
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
    const reading = readFile({ file, origin, variables, readers, settings: input.settings });
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

function joinAll({ cache, snapshots }: CatalogInput): Catalog {
  const files = snapshots.flatMap((snapshot) => {
    const cached = [...(cache.sources.get(snapshot.source)?.files.values() ?? [])];
    return cached.sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
  });
  const joined = join({
    entries: files.flatMap(({ file, reading }): JoinInput['entries'] =>
      reading.entries.map((entry) => ({ ...entry, text: file.text ?? '' })),
    ),
    broken: files.flatMap(({ reading }) => reading.broken),
    unreadable: files.flatMap(({ reading }) => reading.unreadable),
  });
  return {
    units: joined.units,
    problems: [...files.flatMap(({ reading }) => reading.problems), ...joined.problems],
    broken: [...files.flatMap(({ reading }) => reading.broken), ...joined.broken],
    unreadable: files.flatMap(({ reading }) => reading.unreadable),
    files: files.length,
    referenced: referencedPaths(
      snapshots.map(({ source }) => source),
      joined.units,
    ),
  };
}
