// Refuses to start on an empty folder what has its data elsewhere: the stack's folder moved, and the data stayed.

import type { MovedMount } from '../../core/compose-mounts.ts';
import { folderOf } from '../../core/compose-path.ts';
import { problem } from '../../core/problem.ts';
import { commas } from '../../core/words-names.ts';
import type { DesiredStack } from '../../model/desired.ts';
import { isFault } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { Tree } from '../../ports/tree.ts';
import type { Layout } from './layout.ts';

/** What is at a path. Names are null where they cannot be told: it is no folder, or not one that we may read. */
type There = { isThere: boolean; names: readonly string[] | null };

const NOTHING: There = { isThere: false, names: [] };

/**
 * The engine makes an empty folder of what it does not find, and a database begins anew on it. So each bind that had a
 * place before is looked at, there and here; for git what the commit brings counts as here, for it is written before
 * `up`. Of what containers may write to, every name has to be here; the files of the others are what the source says.
 * Where nothing is left at the old place it was moved or is gone: then a folder here is enough, somebody made it.
 */
export async function leftBehind(
  tree: Tree,
  given: {
    desired: DesiredStack;
    layout: Layout;
    moved: readonly MovedMount[];
    /** Nothing says what there was before but what is there: what is not, need not have been. */
    isGuessed?: true;
  },
): Promise<Problem[]> {
  const { desired, layout, moved, isGuessed = false } = given;
  const problems: Problem[] = [];
  // Files of configs and secrets are the source's: one that is missing is told by whoever reads them.
  for (const mount of moved.filter(({ as }) => as === 'bind')) {
    const was = await thereAt(tree, mount.before);
    if (isGuessed && !was.isThere) continue;
    const here = await thereAt(tree, mount.source);
    const source = desired.inPlace ? null : layout.source(mount.source);
    const brought = source === null ? NOTHING : await thereAt(tree, `${desired.root}/${source}`);
    const missing = missingOf(mount, { was, here, brought });
    if (missing !== null) problems.push(told(mount, missing, was));
  }
  return problems;
}

/** For "it would …"; null where all is here. */
function missingOf(
  { source, isReadOnly }: MovedMount,
  { was, here, brought }: { was: There; here: There; brought: There },
): string | null {
  if (was.isThere && was.names?.length === 0) return null;
  if (!here.isThere && !brought.isThere) return `find nothing at ${source}`;
  if (!was.isThere || here.names === null || brought.names === null) return null;
  const names = new Set([...here.names, ...brought.names]);
  // Where we may not look into the old one, the repository's files are not what a container wrote there.
  const own = was.names === null && !isReadOnly ? here.names.length : names.size;
  if (own === 0) return `find an empty folder at ${source}`;
  if (isReadOnly || was.names === null) return null;
  const lost = was.names.filter((name) => !names.has(name));
  return lost.length === 0 ? null : `not find ${commas(lost, 3)} at ${source}`;
}

function told({ at, before, source, written }: MovedMount, missing: string, was: There): Problem {
  const where = was.isThere ? `what it has is in ${before}` : `it was ${before}, where nothing is left`;
  return problem({
    reason: 'DataLeftBehind',
    message: `${at}: the folder of the stack moved, and ${written} would ${missing}: ${where}.`,
    hint: was.isThere
      ? `Move it to ${source} (with \`state: stopped\` until it is there), or bind it by its absolute path, or use a volume.`
      : `Bring its data to ${source}, or make an empty folder there if it is to begin anew.`,
    path: at,
  });
}

async function thereAt(tree: Tree, path: string): Promise<There> {
  const root = folderOf(path) || '/';
  const inner = path.slice(path.lastIndexOf('/') + 1);
  try {
    const { type } = await tree.look({ root, path: inner });
    if (type === 'missing') return NOTHING;
    return { isThere: true, names: type === 'file' ? null : await namesIn(tree, path) };
  } catch (error) {
    if (!isFault(error) || error.disposition === 'retry') throw error;
    // A link, a socket, what we may not see: something is there.
    return { isThere: true, names: null };
  }
}

async function namesIn(tree: Tree, root: string): Promise<string[] | null> {
  const names: string[] = [];
  const pick = (name: string): boolean => {
    names.push(name);
    return false;
  };
  try {
    await tree.list({ root, path: '', maxFiles: 1, maxBytes: 1, pick });
    return names;
  } catch (error) {
    if (!isFault(error) || error.disposition === 'retry') throw error;
    return null;
  }
}
