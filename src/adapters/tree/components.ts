// Takes a relative path apart into its components, refusing every way out of the root.
import { outsideTree } from './tree-faults.ts';

/**
 * `conf/app.ini` → ['conf', 'app.ini']; '' and '.' are the root itself. `..` is refused even where it would stay
 * inside: callers normalise by text first, and a path that still climbs has not been looked at.
 * Throws a fault (OutsideTree).
 */
export function componentsOf(path: string): string[] {
  if (path.startsWith('/') || path.includes('\0') || path.length > 4096) throw outsideTree(path);
  const components = path.split('/').filter((part) => part !== '' && part !== '.');
  if (components.includes('..') || components.some((part) => Buffer.byteLength(part) > 255)) {
    throw outsideTree(path);
  }
  return components;
}
