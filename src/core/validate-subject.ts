// What is held against a schema, with what is known about where it came from.
import type { Path } from './documents.ts';

export interface Subject {
  value: unknown;
  schema: Readonly<Record<string, unknown>>;
  /** Paths of keys that belong to later versions, `*` for any name: `stages.*.hooks`. */
  later: readonly string[];
  /** What this is, for sentences: `project`, `tinyforge.yaml`. */
  what: string;
  /** Paths (see `pathKey`) of texts that variables were put into. */
  interpolated: ReadonlySet<string>;
  /** A single value as it was written. */
  sourceOf(path: Path): string | null;
}
