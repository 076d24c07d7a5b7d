// Where an entry of a list of a unit was written, in its stage or above it. Reads the text again: it is asked rarely.
import type { Desired } from '../model/desired.ts';
import type { Place } from '../model/unit.ts';
import type { JoinEntry } from './catalog-file.ts';
import { type Path, readDocuments, type TextDocument } from './documents.ts';

export interface Entry {
  unit: Desired;
  list: 'depends_on' | 'domains';
  wanted: string;
}

export interface Places {
  /** Place of `wanted` in the list; of the manifest's name where it cannot be found (it came from a variable). */
  of(entry: JoinEntry, wanted: Entry): Place;
  /** Place of the value of a key at the manifest's top. */
  ofKey(entry: JoinEntry, key: string): Place & { path: string };
}

/** Keeps what it has read, for one problem seldom comes alone. Not to be kept itself. */
export function createPlaces(): Places {
  const documents = new Map<JoinEntry, TextDocument | undefined>();
  const documentOf = (entry: JoinEntry): TextDocument | undefined => {
    if (!documents.has(entry)) documents.set(entry, readDocuments(entry.text).documents[entry.index]);
    return documents.get(entry);
  };
  return {
    ofKey(entry, key) {
      const position = documentOf(entry)?.positionOf([key], 'value');
      return { ...entry.place, ...position, path: key };
    },
    of(entry, { unit, list, wanted }) {
      const document = documentOf(entry);
      if (document === undefined) return entry.place;
      const services = unit.kind === 'stack' ? Object.keys(unit.services) : [];
      for (const base of [['stages', unit.role], [], ...services.map((name) => ['services', name])]) {
        for (let index = 0; ; index++) {
          const path = [...base, list, index];
          const written = document.sourceOf(path);
          if (written === null) break;
          if (written.replaceAll(/["']/g, '').toLowerCase() === wanted) {
            return { ...entry.place, ...document.positionOf(path, 'value') };
          }
        }
      }
      if (list === 'domains') {
        const path = subdomainPath(unit, { wanted, document });
        if (path !== null) return { ...entry.place, ...document.positionOf(path, 'value') };
      }
      return entry.place;
    },
  };
}

/** Where the name was not written out, it is that of the subdomain nearest to the unit. */
function subdomainPath(
  unit: Desired,
  { wanted, document }: { wanted: string; document: TextDocument },
): Path | null {
  const services = unit.kind === 'stack' ? Object.entries(unit.services) : [];
  const owners = services.filter(([, { route }]) => route?.domains.includes(wanted));
  const bases = [['stages', unit.role], [], ...owners.map(([name]) => ['services', name])];
  const paths = bases.map((base) => [...base, 'subdomain']);
  return paths.find((path) => document.sourceOf(path) !== null) ?? null;
}
