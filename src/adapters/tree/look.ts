// Looks at a path without opening anything: what is there, and its stamp. This runs in every pass, for every file.
import { lstatSync } from 'node:fs';
import type { TreeLook } from '../../ports/tree.ts';
import { componentsOf } from './components.ts';
import { kindOf, stampOf } from './file-kind.ts';
import { notARegularFile, unreadable } from './tree-faults.ts';

/**
 * Looks at each component by its plain path, which is fast. Nothing is read here: who reads goes by `openFile`, and
 * there no folder can be swapped for a link in between.
 */
export function look(root: string, path: string): TreeLook {
  const components = componentsOf(path);
  let reached = root;
  let type: 'file' | 'directory' = 'directory';
  let stamp = '';
  for (const [index, name] of ['', ...components].entries()) {
    reached = index === 0 ? root : `${reached}/${name}`;
    const stats = statOf(reached, { isRoot: index === 0, path });
    if (stats === undefined) return { type: 'missing', stamp: 'missing' };
    if (stats.isFile() && index === components.length && index > 0) type = 'file';
    else if (!stats.isDirectory()) throw notARegularFile(components.slice(0, index).join('/'), kindOf(stats));
    stamp = stampOf(stats);
  }
  return { type, stamp };
}

function statOf(reached: string, { isRoot, path }: { isRoot: boolean; path: string }) {
  try {
    // The trailing slash lets the root itself be reached through the administrator's own links.
    return lstatSync(isRoot ? `${reached}/` : reached, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(path, error);
  }
}
