// Hosts of ours with an access list that somebody else saved: who disables and enables one opens it, and it looks as before.
import type { Row } from './fields.ts';
import { idOfRow } from './observe.ts';

export interface Guarded {
  /** A look at hosts of ours. */
  see(rows: readonly Row[]): void;
  /** By its id: it may let everybody in, until we write it. */
  isDoubtful(id: string): boolean;
  /** We wrote it, or may have: with the next look begins what was saved by others. */
  mayBeWritten(id: string): void;
  /** As it was meant. */
  written(id: string): void;
}

/** What was done before the first look of a process is not seen: nothing that the API tells would show it. */
export function createGuarded(): Guarded {
  const savedOn = new Map<string, string | null>();
  const doubtful = new Set<string>();
  return {
    see(rows) {
      for (const row of rows) {
        if (Number(row.fields.access_list_id ?? 0) === 0) continue;
        const id = idOfRow(row);
        const known = savedOn.get(id);
        if (known !== undefined && known !== row.savedOn) doubtful.add(id);
        savedOn.set(id, row.savedOn);
      }
    },
    isDoubtful: (id) => doubtful.has(id),
    mayBeWritten: (id) => void savedOn.delete(id),
    written(id) {
      doubtful.delete(id);
      savedOn.delete(id);
    },
  };
}
