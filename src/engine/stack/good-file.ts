// Good generations of a stack, sealed at rest: what is brought up again when a new one fails, or by a rollback.

import { readModel } from '../../core/compose-model.ts';
import { type HostMount, hostMounts } from '../../core/compose-mounts.ts';
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
export type GoodSummary = Omit<GoodGeneration, 'text' | 'variables' | 'files'> & {
  /** What its services have of the host, for whoever has to find it again. */
  mounts: readonly HostMount[];
};

export interface GoodFiles {
  /**
   * Of the generation with this hash, or the newest. Null where it is not kept, or the key that sealed it is gone.
   * Cheap: unsealed again only when the file changed.
   */
  summary(unit: string, hash?: string | null): Promise<GoodSummary | null>;
  open(unit: string, hash?: string | null): Promise<GoodGeneration | null>;
  /** Keeps it beside the earlier ones, as the newest. */
  write(unit: string, generation: GoodGeneration): Promise<void>;
  /** Drops all but these. */
  keepOnly(unit: string, hashes: readonly string[]): Promise<void>;
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
    async summary(unit, hash = null) {
      const own = hash === null ? null : await summaryOf(unit, name(unit, hash));
      if (own !== null) return own;
      const newest = await summaryOf(unit, name(unit));
      return hash === null || newest?.hash === hash ? newest : null;
    },
    async write(unit, generation) {
      const sealed = control.seal(domain(unit), JSON.stringify(generation));
      for (const path of [name(unit, generation.hash), name(unit)])
        await folder.write({ path, content: sealed, mode: 0o600 });
    },
    async keepOnly(unit, hashes) {
      const kept = new Set(hashes.map((hash) => name(unit, hash)));
      for (const file of await filesOf(unit)) if (!kept.has(file)) await drop(file);
    },
    async forget(unit) {
      for (const file of [...(await filesOf(unit)), name(unit)]) await drop(file);
    },
  };

  async function summaryOf(unit: string, path: string): Promise<GoodSummary | null> {
    const stamp = await stampOf(tree, folder, path);
    if (stamp === null) return null;
    const known = cache.get(path);
    if (known?.stamp === stamp) return known.summary;
    const summary = withoutValues(await read(unit, path));
    cache.set(path, { stamp, summary });
    return summary;
  }

  async function open(unit: string, hash: string | null = null): Promise<GoodGeneration | null> {
    const own = hash === null ? null : await read(unit, name(unit, hash));
    if (own !== null) return own;
    const newest = await read(unit, name(unit));
    return hash === null || newest?.hash === hash ? newest : null;
  }

  async function read(unit: string, path: string): Promise<GoodGeneration | null> {
    try {
      const { text } = await tree.readText({ root: folder.root, path, maxBytes: MAX_BYTES });
      const plain = control.unseal(domain(unit), text);
      const generation = plain === null ? null : (JSON.parse(plain) as GoodGeneration);
      return generation?.version === 1 ? complete(generation) : null;
    } catch (error) {
      if (isFault(error) && error.disposition === 'retry') throw error;
      return null;
    }
  }

  /** Those with a hash in their name. */
  async function filesOf(unit: string): Promise<string[]> {
    const limits = { maxFiles: 10_000, maxBytes: Number.MAX_SAFE_INTEGER };
    const entries = await tree
      .list({ root: folder.root, path: '', ...limits })
      .catch((error: unknown) =>
        isFault(error) && error.reason === 'FileMissing' ? [] : Promise.reject(error),
      );
    return entries.flatMap(({ path }) =>
      path.startsWith(`${unit}.`) && path.endsWith('.good') && path !== name(unit) ? path : [],
    );
  }

  async function drop(path: string): Promise<void> {
    cache.delete(path);
    await folder.remove(path);
  }
}

function withoutValues(generation: GoodGeneration | null): GoodSummary | null {
  if (generation === null) return null;
  const { text, variables: _variables, files: _files, ...summary } = generation;
  const model = readModel(JSON.parse(text));
  return { ...summary, mounts: model === null ? [] : hostMounts(model) };
}

async function stampOf(tree: Tree, folder: Folder, path: string): Promise<string | null> {
  const { type, stamp } = await tree.look({ root: folder.root, path });
  return type === 'file' ? stamp : null;
}

function name(unit: string, hash: string | null = null): string {
  return hash === null ? `${unit}.good` : `${unit}.${hash}.good`;
}

function domain(unit: string): string {
  return `stack-good:${unit}`;
}

/** Of those that were kept before networks and ports were looked at, nothing is known of them, and nothing is expected. */
function complete(generation: GoodGeneration): GoodGeneration {
  const services = Object.entries(generation.services).map(([name, service]) => [
    name,
    {
      ...service,
      endpoints: service.endpoints ?? {},
      ports: service.ports ?? [],
      sideBySide: service.sideBySide === undefined ? 'it was kept by an earlier release' : service.sideBySide,
    },
  ]);
  return { ...generation, services: Object.fromEntries(services) };
}
