// Tells whether a Compose project of this name is somebody else's already: two stacks of one name remove each other's parts.
import type { ObservedContainer } from '../model/observed.ts';

export interface Collision {
  /** The stranger's container. */
  container: string;
  workingDir: string;
  configFiles: string;
}

/**
 * The first container of the project that is not this unit's. Our own label settles it; without one, `adopt` takes what
 * was started from the same folder, and only that: equal names from another folder are another stack.
 */
export function projectCollision(
  containers: readonly ObservedContainer[],
  stack: { unit: string; project: string; projectDirectory: string; adopt: boolean },
): Collision | null {
  for (const { name, ours, compose } of containers) {
    if (compose === null || compose.project !== stack.project) continue;
    if (ours !== null && ours.unit === stack.unit) continue;
    const sameFolder = withoutSlash(compose.workingDir) === withoutSlash(stack.projectDirectory);
    if (ours === null && stack.adopt && (sameFolder || compose.workingDir === '')) continue;
    return { container: name, workingDir: compose.workingDir, configFiles: compose.configFiles };
  }
  return null;
}

function withoutSlash(path: string): string {
  return path.replace(/(.)\/+$/, '$1');
}
