// Walks a plain value and puts variables into its texts; keys stay as they are written.
import type { Path } from './documents.ts';
import { type InterpolationFault, interpolate, lookupIn } from './interpolate.ts';

export interface InterpolatedValue {
  value: unknown;
  /** Paths (joined by NUL) of texts that changed: they may be read as numbers where a number is wanted. */
  changed: ReadonlySet<string>;
  faults: (InterpolationFault & { path: Path })[];
  /** Where which secrets are referred to. */
  secrets: { path: Path; name: string }[];
}

/** More than anybody reads. */
const MOST_FAULTS = 100;

/** A path as one text. NUL cannot occur in a document. */
export function pathKey(path: Path): string {
  return path.join('\0');
}

/**
 * The value with all texts interpolated, except those at the top that name the document. What nothing is put into is
 * the same object as before: most manifests have no variables, and copies of all of them are work for nothing.
 */
export function interpolateValue(
  value: unknown,
  variables: Readonly<Record<string, string>>,
): InterpolatedValue {
  const changed = new Set<string>();
  const faults: InterpolatedValue['faults'] = [];
  const secrets: InterpolatedValue['secrets'] = [];
  const lookup = lookupIn(variables);
  // One list that grows and shrinks, and is copied for what is told alone.
  const path: (string | number)[] = [];
  const below = (step: string | number, part: unknown): unknown => {
    path.push(step);
    const put = walk(part);
    path.pop();
    return put;
  };
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') {
      if (!part.includes('$') || isIdentity(path)) return part;
      const result = interpolate(part, lookup);
      for (const fault of result.faults.slice(0, MOST_FAULTS - faults.length))
        faults.push({ ...fault, path: [...path] });
      for (const name of result.secrets) secrets.push({ path: [...path], name });
      if (result.text !== part) changed.add(pathKey(path));
      return result.text;
    }
    if (Array.isArray(part)) {
      const put = part.map((item, index) => below(index, item));
      return put.some((item, index) => item !== part[index]) ? put : part;
    }
    if (typeof part !== 'object' || part === null) return part;
    let members: Map<string, unknown> | null = null;
    for (const key of Object.keys(part)) {
      const member = (part as Record<string, unknown>)[key];
      const put = below(key, member);
      if (put !== member) members = (members ?? new Map(Object.entries(part))).set(key, put);
    }
    return members === null ? part : Object.fromEntries(members);
  };
  return { value: walk(value), changed, faults, secrets };
}

/** Who a document is must not depend on anything outside of it. */
function isIdentity(path: Path): boolean {
  return path.length === 1 && (path[0] === 'kind' || path[0] === 'name');
}
