// Whether the engine finds what a manifest binds of its source's folder: where we run in a container, it may have something else there.
import { pathTrouble, samePathHint } from '../core/host-path.ts';
import { problem } from '../core/problem.ts';
import type { Answer } from '../model/resolved.ts';
import type { EngineDeps } from './deps.ts';

/** Other paths are the engine's machine's, as they are written: nobody can look at them from here. */
export function answerBinds(
  { ownMounts }: Pick<EngineDeps, 'ownMounts'>,
  { root, paths, effect }: { root: string; paths: readonly string[]; effect: string },
): Answer {
  const mounts = ownMounts();
  const [first, ...more] = paths
    .filter((path) => path === root || path.startsWith(`${root}/`))
    .flatMap((path) => {
      const trouble = pathTrouble(path, mounts);
      if (trouble === null) return [];
      const message = `volumes: ${path} ${trouble}.`;
      return [problem({ reason: 'BindElsewhere', message, effect, hint: samePathHint(root) })];
    });
  return first === undefined
    ? { ok: true, type: 'binds' }
    : { ok: false, retry: false, problem: first, more };
}
