// Remembers which containers were taken over as they ran. Labels of a live container cannot change, so this is a record.
import { adoptedMark } from '../../core/adopted-mark.ts';
import { MOST_FILES } from '../../core/tree-limits.ts';
import type { AdoptedContainer } from '../../model/action.ts';
import type { DesiredStack } from '../../model/desired.ts';
import { isFault } from '../../model/errors.ts';
import type { ObservedContainer, Ours } from '../../model/observed.ts';
import type { StackDeps } from './types.ts';

export interface AdoptedContainers {
  /** The list with our mark on those that were taken over. The same objects as long as nothing changes. */
  marked(containers: readonly ObservedContainer[]): Promise<ObservedContainer[]>;
  /** Of a container by its id, from memory; null for all others. */
  unitOf(container: string): string | null;
  /** Adds to what is known of the unit. Replaced atomically: after a crash all of them are taken over, or none. */
  add(desired: DesiredStack, containers: readonly AdoptedContainer[]): Promise<void>;
  forget(unit: string): Promise<void>;
}

type Entry = Omit<AdoptedContainer, 'container' | 'name'>;

interface UnitRecord {
  version: 1;
  workloadId: string;
  /** By the engine's id, which no other container ever has. */
  containers: Record<string, Entry>;
}

const MAX_BYTES = 4 * 1024 * 1024;
const ENDING = '.adopted.json';

/** Losing the record costs nothing that runs: what still is as declared is taken over once more. */
export function createAdoptedContainers(
  deps: Pick<StackDeps, 'tree' | 'openFolder' | 'dataDirectory' | 'controller'>,
): AdoptedContainers {
  const { tree, openFolder, dataDirectory, controller } = deps;
  const folder = openFolder(`${dataDirectory}/control/stacks`, { mode: 0o700, survives: 'power-cut' });
  const records = new Map<string, UnitRecord>();
  let marks = new Map<string, Ours>();
  let made = new WeakMap<ObservedContainer, ObservedContainer>();
  let loading: Promise<void> | null = null;

  function load(): Promise<void> {
    loading ??= readAll().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  }

  async function readAll(): Promise<void> {
    const limits = { maxFiles: MOST_FILES, maxBytes: Number.MAX_SAFE_INTEGER };
    const entries = await tree.list({ root: folder.root, path: '', ...limits }).catch((error: unknown) => {
      if (isFault(error) && error.reason === 'FileMissing') return [];
      throw error;
    });
    for (const { path } of entries) {
      const record = path.endsWith(ENDING) ? await read(path) : null;
      if (record !== null) records.set(path.slice(0, -ENDING.length), record);
    }
    index();
  }

  async function read(path: string): Promise<UnitRecord | null> {
    try {
      const { text } = await tree.readText({ root: folder.root, path, maxBytes: MAX_BYTES });
      const record = JSON.parse(text) as Partial<UnitRecord>;
      return record.version === 1 && typeof record.containers === 'object' ? (record as UnitRecord) : null;
    } catch (error) {
      if (isFault(error) && error.disposition === 'retry') throw error;
      return null;
    }
  }

  function index(): void {
    const all = [...records].flatMap(([unit, { workloadId, containers }]) =>
      Object.entries(containers).map(
        ([id, entry]) => [id, adoptedMark(entry, { controller, unit, workloadId })] as const,
      ),
    );
    marks = new Map(all);
    made = new WeakMap();
  }

  function mark(container: ObservedContainer): ObservedContainer {
    const ours = container.ours === null ? marks.get(container.id) : undefined;
    if (ours === undefined) return container;
    const known = made.get(container) ?? { ...container, ours };
    made.set(container, known);
    return known;
  }

  return {
    async marked(containers) {
      await load();
      return marks.size === 0 ? [...containers] : containers.map(mark);
    },
    unitOf: (container) => marks.get(container)?.unit ?? null,
    async add({ unit, workloadId }, containers) {
      await load();
      const added = containers.map(({ container, name: _name, ...entry }) => [container, entry] as const);
      const record: UnitRecord = {
        version: 1,
        workloadId,
        containers: { ...records.get(unit)?.containers, ...Object.fromEntries(added) },
      };
      await folder.write({ path: fileOf(unit), content: `${JSON.stringify(record)}\n`, mode: 0o600 });
      records.set(unit, record);
      index();
    },
    async forget(unit) {
      await load();
      if (!records.delete(unit)) return;
      index();
      await folder.remove(fileOf(unit));
    },
  };
}

function fileOf(unit: string): string {
  return `${unit}${ENDING}`;
}
