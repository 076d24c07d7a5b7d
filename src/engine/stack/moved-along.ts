// A good generation from before the stack's folder moved: brought up with what moved along, never on an empty folder.
import { isJson, readModel } from '../../core/compose-model.ts';
import { hostMounts, withSources } from '../../core/compose-mounts.ts';
import { insideOf } from '../../core/compose-relocate.ts';
import { fault } from '../../model/errors.ts';
import type { Tree } from '../../ports/tree.ts';
import type { GoodGeneration } from './good-file.ts';
import type { Layout } from './layout.ts';

/**
 * Its file names paths in the folder that it ran in. What is no longer there and is in the folder of today is taken from
 * there; what is in neither, the engine would make an empty folder of, so that is refused. Its hashes stay what they
 * are: it is that generation, and its containers are told by them.
 */
export async function movedAlong(
  tree: Tree,
  generation: GoodGeneration,
  { projectDirectory: now }: Pick<Layout, 'projectDirectory'>,
): Promise<GoodGeneration> {
  const { projectDirectory: was } = generation;
  const kept = Object.keys(generation.files);
  const file: unknown = JSON.parse(generation.text);
  const model = readModel(file);
  if (was === now || model === null || !isJson(file)) return generation;
  const isAt = async (root: string, path: string) => (await tree.look({ root, path })).type !== 'missing';
  const places = new Map<string, string>();
  for (const { at, source } of hostMounts(model)) {
    const inside = insideOf(was, source);
    if (inside === null || (await isAt(was, inside))) continue;
    // Where it came from git, its files are put back with it.
    if (kept.some((path) => inside === '' || insideOf(inside, path) !== null)) continue;
    if (!(await isAt(now, inside))) throw gone(at, source);
    places.set(source, inside === '' ? now : `${now}/${inside}`);
  }
  return places.size === 0 ? generation : { ...generation, text: JSON.stringify(withSources(file, places)) };
}

function gone(at: string, source: string) {
  return fault({
    code: 'DATA_LEFT_BEHIND',
    reason: 'DataLeftBehind',
    message: `${at}: nothing is left at ${source}, and the version before would begin anew on an empty folder.`,
    hint: 'Bring its data back to where it was, or to the folder of the stack.',
    disposition: 'stalled',
  });
}
