// Keeps one small watcher for each folder of the watch set; with chokidar, which knows the ways of editors and systems.
import type { Stats } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { FSWatcher, watch } from 'chokidar';
import type { WatchSet } from './watch-set.ts';

export interface FolderWatcher {
  readonly root: string;
  /** Watches exactly these folders from now on. Resolves once all are watched: true when there are new ones. */
  follow(set: WatchSet): Promise<boolean>;
  close(): Promise<void>;
}

type Watch = typeof watch;

interface Watched {
  watcher: FSWatcher;
  /** Resolves when it watches, or is closed before that. */
  ready: PromiseWithResolvers<void>;
}

export function createFolderWatcher(options: {
  /** Absolute, without links. */
  root: string;
  /** A path from the root, forward slashes; '' for the root itself. */
  onEvent(path: string): void;
  onError(error: unknown): void;
}): FolderWatcher {
  const { root, onEvent, onError } = options;
  const watched = new Map<string, Watched>();
  let current: WatchSet | null = null;
  let closed = false;

  function start(folder: string, watch: Watch): Promise<void> {
    const watcher = watch(folder === '' ? root : join(root, folder), {
      depth: 0,
      ignoreInitial: true,
      followSymlinks: false,
      // Bursts are gathered by us, and the pause of `atomic` would be added to ours.
      atomic: false,
      ignored: (path: string, stats?: Stats) => isIgnored(pathOf(path), stats),
    });
    const ready = Promise.withResolvers<void>();
    watched.set(folder, { watcher, ready });
    watcher.once('ready', () => ready.resolve());
    watcher.on('error', onError);
    watcher.on('all', (event, path) => {
      const changed = pathOf(path);
      // A folder that went away and came back is told, but no longer watched: it needs a new watcher.
      if (event === 'addDir' && changed === folder) replace(folder, watch).catch(onError);
      onEvent(changed);
    });
    return ready.promise;
  }

  function isIgnored(path: string, stats: Stats | undefined): boolean {
    // Without stats it may be a folder; of those only that they come and go is told, they are not looked into.
    if (stats === undefined || stats.isDirectory()) return false;
    return current === null || !current.matters(path);
  }

  async function replace(folder: string, watch: Watch): Promise<void> {
    const before = watched.get(folder);
    if (closed || before === undefined) return;
    await Promise.all([start(folder, watch), end(before)]);
  }

  function pathOf(absolute: string): string {
    return relative(root, absolute).split(sep).join('/');
  }

  return {
    root,
    async follow(set) {
      // Loaded by who watches: a command that reads once does without it.
      const { watch } = await import('chokidar');
      if (closed) return false;
      current = set;
      const gone = [...watched].filter(([folder]) => !set.folders.has(folder));
      for (const [folder] of gone) watched.delete(folder);
      const added = [...set.folders].filter((folder) => !watched.has(folder));
      await Promise.all([...added.map((folder) => start(folder, watch)), ...gone.map(([, one]) => end(one))]);
      return added.length > 0;
    },
    async close() {
      closed = true;
      await Promise.all([...watched.values()].map(end));
      watched.clear();
    },
  };
}

async function end({ watcher, ready }: Watched): Promise<void> {
  await watcher.close();
  ready.resolve();
}
