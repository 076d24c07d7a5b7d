// Where an entry of a list of a unit was written, in its stage or above it. Reads the text again: it is asked rarely.
import type { Desired } from '../model/desired.ts';
import type { Place } from '../model/unit.ts';
import type { JoinEntry } from './catalog-file.ts';
import { readDocuments } from './documents.ts';

/** Place of `wanted` in the list; of the manifest's name where it cannot be found (it came from a variable). */
export function placeOfEntry(
  entry: JoinEntry,
  { unit, list, wanted }: { unit: Desired; list: 'depends_on' | 'domains'; wanted: string },
): Place {
  const document = readDocuments(entry.text).documents[entry.index];
  if (document === undefined) return entry.place;
  for (const base of [['stages', unit.role], []]) {
    for (let index = 0; ; index++) {
      const path = [...base, list, index];
      const written = document.sourceOf(path);
      if (written === null) break;
      if (written.replaceAll(/["']/g, '').toLowerCase() === wanted) {
        return { ...entry.place, ...document.positionOf(path, 'value') };
      }
    }
  }
  return entry.place;
}
