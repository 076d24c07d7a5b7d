// Remembers which images were built for a stack, so that they can go when nobody needs them.

import { MOST_FILES } from '../../core/tree-limits.ts';
import { isFault } from '../../model/errors.ts';
import type { BuiltImage } from '../../model/revision.ts';
import type { StackDeps } from './types.ts';

export interface BuiltImages {
  /** Of all units, the newest of each last. */
  all(): Promise<readonly BuiltImage[]>;
  /** Once more is the newest again. */
  add(unit: string, image: Omit<BuiltImage, 'unit'>): Promise<void>;
  /** They are gone. */
  drop(images: readonly BuiltImage[]): Promise<void>;
}

const MAX_BYTES = 1024 * 1024;
const ENDING = '.built.json';

/** Losing the record costs room on the engine, and nothing that runs. */
export function createBuiltImages(
  deps: Pick<StackDeps, 'tree' | 'openFolder' | 'dataDirectory'>,
): BuiltImages {
  const { tree, openFolder, dataDirectory } = deps;
  const folder = openFolder(`${dataDirectory}/control/stacks`, { mode: 0o700, survives: 'power-cut' });
  let known: BuiltImage[] | null = null;

  async function all(): Promise<BuiltImage[]> {
    known ??= await read();
    return known;
  }

  async function read(): Promise<BuiltImage[]> {
    const limits = { maxFiles: MOST_FILES, maxBytes: Number.MAX_SAFE_INTEGER };
    const entries = await tree.list({ root: folder.root, path: '', ...limits }).catch((error: unknown) => {
      if (isFault(error) && error.reason === 'FileMissing') return [];
      throw error;
    });
    const found: BuiltImage[] = [];
    for (const { path } of entries)
      if (path.endsWith(ENDING)) found.push(...(await readOne(path, path.slice(0, -ENDING.length))));
    return found;
  }

  async function readOne(path: string, unit: string): Promise<BuiltImage[]> {
    try {
      const { text } = await tree.readText({ root: folder.root, path, maxBytes: MAX_BYTES });
      const { images } = JSON.parse(text) as { images?: Omit<BuiltImage, 'unit'>[] };
      return Array.isArray(images) ? images.map((image) => ({ ...image, unit })) : [];
    } catch (error) {
      if (isFault(error) && error.disposition === 'retry') throw error;
      return [];
    }
  }

  async function save(unit: string, images: readonly BuiltImage[]): Promise<void> {
    const own = images.filter((image) => image.unit === unit);
    const path = `${unit}${ENDING}`;
    if (own.length === 0) await folder.remove(path);
    else {
      const kept = own.map(({ unit: _unit, ...image }) => image);
      await folder.write({ path, content: `${JSON.stringify({ version: 1, images: kept })}\n`, mode: 0o600 });
    }
    known = [...images];
  }

  return {
    all,
    async add(unit, image) {
      const others = (await all()).filter((one) => one.image !== image.image || one.host !== image.host);
      await save(unit, [...others, { ...image, unit }]);
    },
    async drop(images) {
      const isDropped = (one: BuiltImage) =>
        images.some(({ unit, host, image }) => unit === one.unit && host === one.host && image === one.image);
      const left = (await all()).filter((one) => !isDropped(one));
      for (const unit of new Set(images.map((one) => one.unit))) await save(unit, left);
    },
  };
}
