// Refuses binds whose path leads over a link: the engine would follow it on the host, wherever it leads.
import { problem } from '../../core/problem.ts';
import { isFault } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { Tree } from '../../ports/tree.ts';
import type { OwnBind } from './contents.ts';

/**
 * Looked at in each pass and right before `up`, for a workload that may write to a folder can plant a link there at any
 * time. What is swapped in the instant between this look and the engine's own is not seen.
 */
export async function bindsThroughLinks(
  tree: Tree,
  runRoot: string,
  binds: readonly OwnBind[],
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { at, path } of binds) {
    try {
      await tree.look({ root: runRoot, path });
    } catch (error) {
      if (!isFault(error) || error.disposition === 'retry') throw error;
      // A socket or a device is itself what is bound; only what leads elsewhere is refused.
      if (!/symbolic link/.test(error.message)) continue;
      problems.push(
        problem({
          reason: 'BindThroughLink',
          message: `${at}: ${error.message}`,
          hint: 'Bind the folder itself: the engine would follow the link to wherever it leads.',
          path: at,
        }),
      );
    }
  }
  return problems;
}
