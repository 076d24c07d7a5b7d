// Refuses what a stack binds of its own where the engine would find something else at that path, or nothing: an empty folder.
import { type OwnMount, pathTrouble, samePathHint } from '../../core/host-path.ts';
import { problem } from '../../core/problem.ts';
import type { Problem } from '../../model/problem.ts';
import type { CachedModel } from './cached-model.ts';
import type { Layout } from './layout.ts';

/**
 * Where Tinyforge runs in a container, paths below the stack's tree are paths of that container, and the engine takes
 * them for its own machine's. `folder` is what has to be mounted: the source's, or for git the data directory.
 */
export function bindsElsewhere(
  { binds, tracked }: Pick<CachedModel, 'binds' | 'tracked'>,
  { layout, mounts, folder }: { layout: Layout; mounts: readonly OwnMount[] | null; folder: string },
): Problem[] {
  if (mounts === null) return [];
  const own = binds.map(({ at, path }) => ({
    at,
    path: path === '' ? layout.runRoot : `${layout.runRoot}/${path}`,
  }));
  const files = tracked
    .filter(({ use }) => use === 'content')
    .map(({ path }) => ({ at: path, path: layout.target(path) }));
  return [...own, ...files].flatMap(({ at, path }) => {
    const trouble = pathTrouble(path, mounts);
    if (trouble === null) return [];
    const message = `${at}: ${path} ${trouble}.`;
    return [problem({ reason: 'BindElsewhere', message, hint: samePathHint(folder), path: at })];
  });
}
