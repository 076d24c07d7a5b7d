// Joins the reader's view of a directory to a watcher: what is watched follows what was read.
import { isManifestName } from '../../core/source-file.ts';
import type { Clock } from '../../ports/clock.ts';
import { createBurst } from './burst.ts';
import { findReferenced } from './referenced.ts';
import type { Walk } from './walk.ts';
import { watchSet } from './watch-set.ts';
import { createFolderWatcher, type FolderWatcher } from './watcher.ts';

export interface Watching {
  /** Watches what this walk and these references name. Resolves with true when something new is watched. */
  follow(walk: Walk, referenced: readonly string[]): Promise<boolean>;
  stop(): Promise<void>;
}

export function startWatching(deps: {
  clock: Clock;
  onChange(why: string): void;
  onError(error: unknown): void;
}): Watching {
  const { clock, onChange, onError } = deps;
  const burst = createBurst(clock, (paths) => onChange(describe(paths)));
  let watcher: FolderWatcher | null = null;
  let stopped = false;
  let turn: Promise<unknown> = Promise.resolve();

  async function follow(walk: Walk, paths: readonly string[]): Promise<boolean> {
    if (stopped) return false;
    if (watcher?.root !== walk.realRoot) {
      await watcher?.close();
      watcher = createFolderWatcher({ root: walk.realRoot, onEvent: (path) => burst.add(path), onError });
    }
    const referenced = await findReferenced(walk.realRoot, paths);
    const set = watchSet(walk, { referenced, isManifest: (path) => isManifestName(nameOf(path)) });
    return await watcher.follow(set);
  }

  return {
    follow(walk, paths) {
      const result = turn.then(() => follow(walk, paths));
      turn = result.catch(() => undefined);
      return result;
    },
    async stop() {
      stopped = true;
      burst.stop();
      await watcher?.close();
      await turn;
      await watcher?.close();
    },
  };
}

function describe(paths: readonly string[]): string {
  const first = paths.find((path) => path !== '') ?? 'the directory';
  return paths.length > 1 ? `${first} and ${paths.length - 1} more changed` : `${first} changed`;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
