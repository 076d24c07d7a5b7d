// Where a stack runs: in its own folder, or, where its source is git, in a stable folder that no commit moves.
import { folderOf } from '../../core/compose-path.ts';
import { insideOf } from '../../core/compose-relocate.ts';
import type { DesiredStack } from '../../model/desired.ts';

export interface Layout {
  /** Absolute: what relative paths of the first Compose file are relative to while it runs. */
  projectDirectory: string;
  /** Folder of the first Compose file, from the source's root. */
  folder: string;
  /** Absolute root of the tree that binds lie in while the stack runs. */
  runRoot: string;
  /** Where a path from the source's root is while the stack runs. */
  target(path: string): string;
  /** The path from the source's root of something below `runRoot`; null for everything else. */
  source(target: string): string | null;
}

/** Folder for what a stack uses from outside of its own folder, below its stable one. */
export const ASIDE = '.tree';

/**
 * A new path for each commit would empty every relative bind and recreate every service, since paths are part of what
 * Compose compares. So git sources run in `<data>/stacks/NAME`, whatever checkout they come from.
 */
export function layoutOf(desired: DesiredStack, dataDirectory: string): Layout {
  const folder = folderOf(desired.compose[0] ?? '');
  const { root } = desired;
  if (desired.inPlace) {
    return {
      projectDirectory: joined(root, folder),
      folder,
      runRoot: root,
      target: (path) => joined(root, path),
      source: (target) => insideOf(root, target),
    };
  }
  const stable = `${dataDirectory}/stacks/${desired.name}`;
  return {
    projectDirectory: stable,
    folder,
    runRoot: stable,
    target: (path) => joined(stable, stablePath(folder, path)),
    source(target) {
      const inside = insideOf(stable, target);
      if (inside === null) return null;
      const aside = insideOf(ASIDE, inside);
      return aside ?? joined(folder, inside);
    },
  };
}

/** Path below the stable folder of a path from the source's root. */
export function stablePath(folder: string, path: string): string {
  const own = folder === '' ? path : insideOf(folder, path);
  return own ?? `${ASIDE}/${path}`;
}

function joined(base: string, path: string): string {
  return base === '' || path === '' ? base + path : `${base}/${path}`;
}
