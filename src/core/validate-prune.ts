// A value without the parts that were found wrong, so that the rest can be looked at as well.
import type { Path } from './documents.ts';
import { pathKey } from './interpolate-value.ts';

/** A copy. A list loses all when it loses one, for the others would move and be told of at the wrong places. */
export function withoutPaths(value: unknown, paths: readonly Path[]): unknown {
  if (paths.length === 0) return value;
  const gone = new Set(paths.map((path) => pathKey(path)));
  const isGone = (part: unknown, path: Path): boolean =>
    gone.has(pathKey(path)) ||
    (Array.isArray(part) && part.some((_, index) => gone.has(pathKey([...path, index]))));
  const copy = (part: unknown, path: Path): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if (Array.isArray(part)) return part.map((item, index) => copy(item, [...path, index]));
    const members = Object.entries(part).filter(([key, member]) => !isGone(member, [...path, key]));
    return Object.fromEntries(members.map(([key, member]) => [key, copy(member, [...path, key])]));
  };
  return copy(value, []);
}
