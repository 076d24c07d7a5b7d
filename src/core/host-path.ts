// Where the engine's machine has what we see at a path: another place than ours, perhaps, where we run in a container.

/** A folder or file of the machine that our own container has. */
export interface OwnMount {
  /** Absolute, in our container. */
  target: string;
  /** Absolute, on the engine's machine. */
  source: string;
}

/** Null for what is in our container alone. `mounts` is null where we run outside of any: each path is what it says. */
export function hostPathOf(path: string, mounts: readonly OwnMount[] | null): string | null {
  if (mounts === null) return path;
  const over = mounts.filter(
    ({ target }) => target === '/' || path === target || path.startsWith(`${target}/`),
  );
  const nearest = over.reduce<OwnMount | null>(
    (best, mount) => (best === null || mount.target.length > best.target.length ? mount : best),
    null,
  );
  if (nearest === null) return null;
  const rest = nearest.target === '/' ? path : path.slice(nearest.target.length);
  return `${nearest.source === '/' && rest !== '' ? '' : nearest.source}${rest}`;
}

/** Why a path must not be given to the engine; null where it may. For the middle of a sentence that begins with it. */
export function pathTrouble(path: string, mounts: readonly OwnMount[] | null): string | null {
  const there = hostPathOf(path, mounts);
  if (there === path) return null;
  return there === null
    ? "is in Tinyforge's own container alone, where the engine cannot see it"
    : `is ${there} on the engine's machine, where the engine would take another folder for it`;
}

/** What helps against it. */
export function samePathHint(folder: string): string {
  return `Mount it into Tinyforge's container at the same path as on the machine: -v ${folder}:${folder}`;
}
