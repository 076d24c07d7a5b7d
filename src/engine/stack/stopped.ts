// Remembers which containers of a stack we stopped: what ended with exit 0 then was not done with its work.
import { isFault } from '../../model/errors.ts';
import type { StackDeps } from './types.ts';

export interface StoppedContainers {
  /** Ids; those of containers that are gone may be among them. */
  of(unit: string): Promise<readonly string[]>;
  /** Call it before the container is stopped: a crash in between costs nothing. */
  add(unit: string, container: string): Promise<void>;
  /** It was started again, or removed. */
  remove(unit: string, container: string): Promise<void>;
  forget(unit: string): Promise<void>;
}

const MAX_BYTES = 1024 * 1024;
/** Ids of containers that Compose replaced meanwhile are never taken out; the oldest fall off. */
const MAX_IDS = 500;

export function createStoppedContainers(
  deps: Pick<StackDeps, 'tree' | 'openFolder' | 'dataDirectory'>,
): StoppedContainers {
  const { tree, openFolder, dataDirectory } = deps;
  const folder = openFolder(`${dataDirectory}/control/stacks`, { mode: 0o700, survives: 'power-cut' });
  /** Nobody else writes the file while this process may. */
  const known = new Map<string, readonly string[]>();

  async function of(unit: string): Promise<readonly string[]> {
    const ids = known.get(unit) ?? (await read(unit));
    known.set(unit, ids);
    return ids;
  }

  async function read(unit: string): Promise<readonly string[]> {
    try {
      const { text } = await tree.readText({ root: folder.root, path: name(unit), maxBytes: MAX_BYTES });
      const { ids } = JSON.parse(text) as { ids?: unknown };
      return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
    } catch (error) {
      if (isFault(error) && error.disposition === 'retry') throw error;
      return [];
    }
  }

  async function save(unit: string, ids: readonly string[]): Promise<void> {
    known.set(unit, ids);
    if (ids.length === 0) return folder.remove(name(unit));
    await folder.write({
      path: name(unit),
      content: `${JSON.stringify({ version: 1, ids })}\n`,
      mode: 0o600,
    });
  }

  return {
    of,
    async add(unit, container) {
      const ids = await of(unit);
      if (!ids.includes(container)) await save(unit, [...ids, container].slice(-MAX_IDS));
    },
    async remove(unit, container) {
      const ids = await of(unit);
      if (ids.includes(container))
        await save(
          unit,
          ids.filter((id) => id !== container),
        );
    },
    forget: (unit) => save(unit, []),
  };
}

function name(unit: string): string {
  return `${unit}.stopped.json`;
}
