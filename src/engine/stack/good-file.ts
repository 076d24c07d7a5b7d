// The last good generation of a stack, sealed at rest: what is brought up again when a new one fails.

import { isFault } from '../../model/errors.ts';
import type { StackService } from '../../model/resolved.ts';
import type { Folder } from '../../ports/folder.ts';
import type { Tree } from '../../ports/tree.ts';
import type { StackDeps } from './types.ts';

export interface GoodGeneration {
  version: 1;
  hash: string;
  project: string;
  projectDirectory: string;
  services: Record<string, StackService>;
  externalNetworks: string[];
  externalVolumes: string[];
  /** The file for `up`. */
  text: string;
  variables: Record<string, string>;
  /** For git: files that its containers see, as they were; by path below the stable folder, in base64. */
  files: Record<string, { mode: number; content: string }>;
}

/** What the planner needs of it: no values. */
export type GoodSummary = Omit<GoodGeneration, 'text' | 'variables' | 'files'>;

export interface GoodFiles {
  /** Null where none is kept, or the key that sealed it is gone. Cheap: unsealed again only when the file changed. */
  summary(unit: string): Promise<GoodSummary | null>;
  open(unit: string): Promise<GoodGeneration | null>;
  write(unit: string, generation: GoodGeneration): Promise<void>;
  forget(unit: string): Promise<void>;
}

/** Base64 of 5 MiB of files, in base64 once more. */
const MAX_BYTES = 24 * 1024 * 1024;

export function createGoodFiles(
  deps: Pick<StackDeps, 'tree' | 'openFolder' | 'control' | 'dataDirectory'>,
): GoodFiles {
  const { tree, openFolder, control, dataDirectory } = deps;
  const folder: Folder = openFolder(`${dataDirectory}/control/stacks`, {
    mode: 0o700,
    survives: 'power-cut',
  });
  const cache = new Map<string, { stamp: string; summary: GoodSummary | null }>();

  return {
    open,
    async summary(unit) {
      const stamp = await stampOf(tree, folder, unit);
      if (stamp === null) return null;
      const known = cache.get(unit);
      if (known?.stamp === stamp) return known.summary;
      const summary = withoutValues(await open(unit));
      cache.set(unit, { stamp, summary });
      return summary;
    },
    async write(unit, generation) {
      const sealed = control.seal(domain(unit), JSON.stringify(generation));
      await folder.write({ path: name(unit), content: sealed, mode: 0o600 });
    },
    async forget(unit) {
      cache.delete(unit);
      await folder.remove(name(unit));
    },
  };

  async function open(unit: string): Promise<GoodGeneration | null> {
    try {
      const { text } = await tree.readText({ root: folder.root, path: name(unit), maxBytes: MAX_BYTES });
      const plain = control.unseal(domain(unit), text);
      const generation = plain === null ? null : (JSON.parse(plain) as GoodGeneration);
      return generation?.version === 1 ? generation : null;
    } catch (error) {
      if (isFault(error) && error.disposition === 'retry') throw error;
      return null;
    }
  }
}

function withoutValues(generation: GoodGeneration | null): GoodSummary | null {
  if (generation === null) return null;
  const { text: _text, variables: _variables, files: _files, ...summary } = generation;
  return summary;
}

async function stampOf(tree: Tree, folder: Folder, unit: string): Promise<string | null> {
  const { type, stamp } = await tree.look({ root: folder.root, path: name(unit) });
  return type === 'file' ? stamp : null;
}

function name(unit: string): string {
  return `${unit}.good`;
}

function domain(unit: string): string {
  return `stack-good:${unit}`;
}
