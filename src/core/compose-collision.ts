// Tells whether a Compose project of this name is somebody else's already: two stacks of one name remove each other's parts.
import type { ObservedContainer } from '../model/observed.ts';

export interface Collision {
  /** The stranger's container. */
  container: string;
  /** Where it was started; '' where it does not say. */
  workingDir: string;
}

/**
 * The first container of the project that is not this unit's. Our own label settles it; without one, `adopt` takes it,
 * from whatever folder: who moves a stack into a repository moves its folder, too.
 */
export function projectCollision(
  containers: readonly ObservedContainer[],
  stack: { unit: string; project: string; adopt: boolean },
): Collision | null {
  for (const { name, ours, compose } of containers) {
    if (compose === null || compose.project !== stack.project) continue;
    if (ours === null ? stack.adopt : ours.unit === stack.unit) continue;
    return { container: name, workingDir: compose.workingDir };
  }
  return null;
}

/** The first folder, other than ours, that containers about to be adopted were started from; null where there is none. */
export function adoptedFrom(
  containers: readonly ObservedContainer[],
  stack: { project: string; projectDirectory: string },
): string | null {
  const own = withoutSlash(stack.projectDirectory);
  const folders = containers.flatMap(({ ours, compose }) =>
    ours === null && compose?.project === stack.project ? [withoutSlash(compose.workingDir)] : [],
  );
  return folders.find((folder) => folder !== '' && folder !== own) ?? null;
}

function withoutSlash(path: string): string {
  return path.replace(/(.)\/+$/, '$1');
}
