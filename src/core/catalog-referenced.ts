// The paths beside the manifests that units are made from, so that a watcher knows what matters.
import type { Desired } from '../model/desired.ts';
import { folderOf } from './compose-values-paths.ts';

/** By source, sorted, from the source's root. Folders of sites stand for all that is in them. */
export function referencedPaths(
  sources: readonly string[],
  units: readonly Desired[],
): Readonly<Record<string, readonly string[]>> {
  const paths = new Map<string, Set<string>>(sources.map((source) => [source, new Set()]));
  for (const unit of units) for (const path of pathsOf(unit)) paths.get(unit.source)?.add(path);
  return Object.fromEntries([...paths].map(([source, found]) => [source, [...found].sort()]));
}

function pathsOf(unit: Desired): string[] {
  switch (unit.kind) {
    case 'project':
      return unit.envFiles;
    case 'site':
      return unit.content.type === 'path' ? [unit.content.path] : [];
    case 'proxy':
      return [];
    case 'stack': {
      // Compose's own .env lies beside the first file, whether or not it is there now.
      const folder = folderOf(unit.compose[0] ?? '');
      return [...unit.compose, ...unit.envFiles, folder === '' ? '.env' : `${folder}/.env`];
    }
  }
}
