// The numbered revisions of all units: what is asked for in each pass is in memory, manifests stay on the disk.
import { join } from 'node:path';
import type { Revision, RevisionSummary } from '../../model/revision.ts';
import type { Control } from '../../ports/control.ts';
import { parseRevision } from './entries.ts';
import { encodeUnit } from './file-name.ts';
import type { Folder } from './folder.ts';
import { openFolder } from './folder.ts';
import { readBounded } from './read-file.ts';

type Part = Pick<Control, 'revisions' | 'allRevisions' | 'revision' | 'saveRevision' | 'dropRevision'>;

export interface Revisions extends Part {
  folder: Folder<RevisionSummary>;
  saveAll(entries: readonly Revision[]): Promise<void>;
}

/** One file for each: `shop@prod.7.json`. */
export function openRevisions(directory: string): Revisions {
  const folder = openFolder<RevisionSummary>({ directory, parse: parseRevision, watch: 'folder', slim });
  let index: { version: number; byUnit: Map<string, RevisionSummary[]> } | null = null;

  function byUnit(): Map<string, RevisionSummary[]> {
    if (index?.version === folder.version()) return index.byUnit;
    const made = Map.groupBy(folder.entries.values(), (entry) => entry.unit);
    for (const list of made.values()) list.sort((a, b) => b.number - a.number);
    index = { version: folder.version(), byUnit: made };
    return made;
  }

  return {
    folder,
    revisions: (unit) =>
      byUnit()
        .get(unit)
        ?.filter((entry) => entry.spent !== true) ?? [],
    allRevisions: () => [...byUnit().values()].flat(),
    revision(unit, number) {
      const file = fileOf(unit, number);
      if (!folder.entries.has(file)) return null;
      return parseRevision(JSON.parse(readBounded(join(directory, file))), file);
    },
    saveRevision: (entry: Revision) => folder.save(fileOf(entry.unit, entry.number), entry),
    saveAll: (entries) =>
      folder.saveAll(new Map(entries.map((entry) => [fileOf(entry.unit, entry.number), entry]))),
    dropRevision: (unit, number) => void folder.remove(fileOf(unit, number)),
  };
}

function slim(entry: RevisionSummary): RevisionSummary {
  const { unit, number, host, specHash, digest, release, revision, atMs, keepable, spent, images } = entry;
  return {
    unit,
    number,
    host,
    specHash,
    digest,
    release,
    revision,
    atMs,
    keepable,
    spent: spent === true,
    images,
  };
}

function fileOf(unit: string, number: number): string {
  return `${encodeUnit(unit)}.${number}.json`;
}
