// A directory of manifests as a source: read in place, watched, and never taken for empty when it is only away.
import type { DirectorySourceConfig } from '../../model/config.ts';
import type { SourceSnapshot } from '../../model/source.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Source, SourceReading } from '../../ports/source.ts';
import { awayProblem } from './problem.ts';
import { createDirectoryReader } from './reader.ts';
import { createTellings } from './tellings.ts';
import { isSameWalk, type Walk } from './walk.ts';
import { startWatching, type Watching } from './watching.ts';

export interface DirectorySourceDeps {
  config: DirectorySourceConfig;
  clock: Clock;
  log: Log;
}

interface Watcher {
  watching: Watching;
  stopped: AbortController;
  onChange(why: string): void;
}

/**
 * A source over a folder of this host. A reading is as new as the folder, but for files that are being written: it waits
 * until nothing has changed for 100 ms, at most 1 s. While the root cannot be listed the last reading stays.
 */
export function createDirectorySource({ config, clock, log }: DirectorySourceDeps): Source {
  const { name, directory } = config;
  // Below the folders of stacks lies their data, which is no manifest and may be a great deal.
  const maxDepth = config.discover === undefined ? undefined : 1;
  const reader = createDirectoryReader({ source: name, directory, clock, maxDepth });
  const tellings = createTellings(name, log);
  const watchers = new Set<Watcher>();
  let snapshot: SourceSnapshot | null = null;
  let lastWalk: Walk | null = null;
  let fetchedMs: number | null = null;
  let awayCode: string | null = null;
  let referenced: readonly string[] = [];
  let needsFollowing = true;
  let turn: Promise<unknown> = Promise.resolve();

  /** One at a time, for the reader compares with what it accepted last. */
  function read(signal: AbortSignal): Promise<SourceReading> {
    const result = turn.then(() => readOnce(signal));
    turn = result.catch(() => undefined);
    return result;
  }

  async function readOnce(signal: AbortSignal): Promise<SourceReading> {
    signal.throwIfAborted();
    try {
      const walkBefore = lastWalk;
      const reading = await reader.read(signal);
      snapshot = reading.snapshot;
      lastWalk = reading.walk;
      fetchedMs = clock.nowMs();
      awayCode = null;
      tellings.passedOver(reading.walk);
      if (needsFollowing || !isSameWalk(walkBefore, reading.walk)) followAll();
    } catch (error) {
      signal.throwIfAborted();
      awayCode = codeOf(error);
    }
    tellings.root(awayCode);
    const problem =
      awayCode === null
        ? null
        : awayProblem({ source: name, directory, code: awayCode, hasSnapshot: snapshot !== null });
    return { snapshot, problem, fetchedMs };
  }

  function followAll(): void {
    needsFollowing = false;
    for (const watcher of watchers) {
      follow(watcher).catch((error: unknown) => {
        if (!watcher.stopped.signal.aborted) tellings.watchFailed(error);
      });
    }
  }

  /** What changed between the reading and the watching of a new folder would never be told: so it is read again. */
  async function follow({ watching, stopped, onChange }: Watcher): Promise<void> {
    if (lastWalk === null || !(await watching.follow(lastWalk, referenced))) return;
    const before = snapshot;
    await read(stopped.signal);
    if (snapshot !== before) onChange('found changed when its watching began');
  }

  function watch(onChange: (why: string) => void): () => Promise<void> {
    const tell = (why: string) => {
      // It may have been a folder below a referenced one, which no walk shows.
      needsFollowing = true;
      onChange(why);
    };
    const watching = startWatching({ clock, onChange: tell, onError: tellings.watchFailed });
    const watcher = { watching, onChange, stopped: new AbortController() };
    watchers.add(watcher);
    // The reading is what says which folders to watch.
    needsFollowing = true;
    read(watcher.stopped.signal).catch((error: unknown) => {
      if (!watcher.stopped.signal.aborted) tellings.watchFailed(error);
    });
    return async () => {
      watcher.stopped.abort(new Error('The directory is not watched any more.'));
      watchers.delete(watcher);
      await watching.stop();
    };
  }

  return {
    name,
    type: 'directory',
    address: directory,
    ref: null,
    read,
    async refresh(signal) {
      await read(signal);
    },
    watch,
    setReferenced(paths) {
      // Called in each pass; finding out what the paths are is not free.
      if (isSameList(referenced, paths)) return;
      referenced = [...paths];
      followAll();
    },
  };
}

function isSameList(before: readonly string[], now: readonly string[]): boolean {
  return before.length === now.length && before.every((path, index) => path === now[index]);
}

function codeOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  // Without a code it is a mistake of ours, not the state of a disk.
  if (typeof code !== 'string') throw error;
  return code;
}
