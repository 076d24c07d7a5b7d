// A directory of manifests as a source: read in place, watched, and never taken for empty when it is only away.
import type { DirectorySourceConfig } from '../../model/config.ts';
import type { SourceSnapshot } from '../../model/source.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Source, SourceReading } from '../../ports/source.ts';
import { awayProblem } from './problem.ts';
import { createDirectoryReader } from './reader.ts';
import type { Walk } from './walk.ts';
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
  const reader = createDirectoryReader({ source: name, directory, clock });
  const watchers = new Set<Watcher>();
  let snapshot: SourceSnapshot | null = null;
  let lastWalk: Walk | null = null;
  let fetchedMs: number | null = null;
  let awayCode: string | null = null;
  let referenced: readonly string[] = [];
  const told = new Set<string>();
  let turn: Promise<unknown> = Promise.resolve();

  /** One at a time, for the reader compares with what it accepted last. */
  function read(signal: AbortSignal): Promise<SourceReading> {
    const result = turn.then(() => readOnce(signal));
    turn = result.catch(() => undefined);
    return result;
  }

  async function readOnce(signal: AbortSignal): Promise<SourceReading> {
    try {
      const reading = await reader.read(signal);
      snapshot = reading.snapshot;
      lastWalk = reading.walk;
      fetchedMs = clock.nowMs();
      if (awayCode !== null) log.info('source is back', { source: name });
      awayCode = null;
      tellPassedOver(reading.walk);
      followAll();
    } catch (error) {
      signal.throwIfAborted();
      const code = codeOf(error);
      if (awayCode !== code) log.warn('source not up to date', { source: name, reason: 'SourceAway', code });
      awayCode = code;
    }
    const problem =
      awayCode === null
        ? null
        : awayProblem({ source: name, directory, code: awayCode, hasSnapshot: snapshot !== null });
    return { snapshot, problem, fetchedMs };
  }

  function tellPassedOver(walk: Walk): void {
    for (const { path, why } of walk.passedOver) {
      if (told.has(path)) continue;
      told.add(path);
      log.info('folder passed over', { source: name, folder: path, why });
    }
  }

  function followAll(): void {
    for (const watcher of watchers) {
      follow(watcher).catch((error: unknown) => {
        if (!watcher.stopped.signal.aborted) tellError(error);
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

  function tellError(error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code ?? message;
    if (told.has(what)) return;
    told.add(what);
    const isLimit = code === 'ENOSPC' || code === 'EMFILE';
    const hint = isLimit ? 'Raise fs.inotify.max_user_watches and max_user_instances.' : undefined;
    log.warn('watching is limited, changes are found by the next pass', { source: name, code: what, hint });
  }

  function watch(onChange: (why: string) => void): () => Promise<void> {
    const watching = startWatching({ clock, onChange, onError: tellError });
    const watcher = { watching, onChange, stopped: new AbortController() };
    watchers.add(watcher);
    // The reading is what says which folders to watch.
    read(watcher.stopped.signal).catch((error: unknown) => {
      if (!watcher.stopped.signal.aborted) tellError(error);
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
      referenced = [...paths];
      followAll();
    },
  };
}

function codeOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  // Without a code it is a mistake of ours, not the state of a disk.
  if (typeof code !== 'string') throw error;
  return code;
}
