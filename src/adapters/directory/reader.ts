// Turns a directory into a snapshot, cheaply when little has changed, and never from the middle of a burst of writes.
import { maxSourceFiles, tooManyFiles } from '../../core/source-file.ts';
import type { SourceFile, SourceSnapshot } from '../../model/source.ts';
import type { Clock } from '../../ports/clock.ts';
import { createHeldFiles } from './held-files.ts';
import { type KnownFile, lookAtFile, refusedFile } from './read-file.ts';
import { createRootFinder } from './root.ts';
import { inBatches } from './stat-key.ts';
import { below, type Walk, walk } from './walk.ts';

/** `git pull`, rsync and editors remove a file before they write it: what changed less than this ago is looked at again. */
const QUIET_MS = 100;
const LONGEST_WAIT_MS = 1_000;

export interface DirectoryReader {
  /** Throws an ErrnoException when the root cannot be listed; the code EUNMOUNTED is ours. */
  read(signal: AbortSignal): Promise<{ snapshot: SourceSnapshot; walk: Walk }>;
}

interface State {
  walk: Walk;
  files: ReadonlyMap<string, KnownFile>;
  /** The first file beyond the limit; null where all are read, or where it is held for being known. */
  left: string | null;
}

export function createDirectoryReader(deps: {
  source: string;
  directory: string;
  clock: Clock;
  /** Folders below the root that are looked into, one within the other. */
  maxDepth?: number | undefined;
}): DirectoryReader {
  const { source, directory, clock, maxDepth } = deps;
  const held = createHeldFiles();
  const findRoot = createRootFinder(directory);
  let accepted: State | null = null;
  let snapshot: SourceSnapshot | null = null;

  async function look(before: State | null): Promise<State> {
    const nowMs = clock.nowMs();
    // The root may be a link, for it is the owner of the host who named it; below it none is followed.
    const walked = await walk(await findRoot(), {
      before: before?.walk.folders ?? new Map(),
      nowMs,
      ...(maxDepth === undefined ? {} : { maxDepth }),
    });
    const paths = [...walked.folders.values()].flatMap(({ path, manifests }) =>
      manifests.map((name) => below(path, name)),
    );
    paths.sort((a, b) => (a < b ? -1 : 1));
    const known = before?.files ?? new Map<string, KnownFile>();
    const looks = await inBatches(paths.slice(0, maxSourceFiles), (path) =>
      lookAtFile(walked.realRoot, { path, before: known.get(path), nowMs }),
    );
    const files = new Map<string, KnownFile>();
    for (const look of looks) if (look !== null) files.set(look.file.path, look);
    const next = paths[maxSourceFiles];
    return { walk: walked, files, left: next !== undefined && !known.has(next) ? next : null };
  }

  async function lookUntilQuiet(signal: AbortSignal): Promise<State> {
    let state = await look(accepted);
    for (let waitedMs = 0; waitedMs < LONGEST_WAIT_MS; ) {
      const ageMs = clock.nowMs() - lastChangeMs(state, accepted);
      // A time in the future says nothing about now.
      if (ageMs >= QUIET_MS || ageMs < 0) break;
      const pauseMs = QUIET_MS - ageMs;
      await clock.sleep(pauseMs, signal);
      waitedMs += pauseMs;
      state = await look(state);
    }
    return state;
  }

  async function read(signal: AbortSignal): Promise<{ snapshot: SourceSnapshot; walk: Walk }> {
    const state = await lookUntilQuiet(signal);
    if (accepted !== null && looksUnmounted(accepted, state)) {
      throw Object.assign(new Error('Another file system, and empty.'), { code: 'EUNMOUNTED' });
    }
    const missing = held.missing(state.walk, {
      before: accepted?.files.keys() ?? [],
      current: state.files,
    });
    const files = [...state.files.values()].map((known) => known.file).concat(missing);
    // By code unit, as in git: the order of files must not depend on the machine's language.
    files.sort((a, b) => (a.path < b.path ? -1 : 1));
    if (state.left !== null) files.push(refusedFile(state.left, tooManyFiles(state.left)));
    accepted = state;
    snapshot = sameFiles(snapshot, files)
      ? snapshot
      : { source, type: 'directory', revision: null, root: directory, files, commit: null };
    return { snapshot, walk: state.walk };
  }

  return { read };
}

/** The newest change among what is not as it was before. */
function lastChangeMs(state: State, before: State | null): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (const folder of state.walk.folders.values()) {
    if (before?.walk.folders.get(folder.path)?.key !== folder.key)
      newest = Math.max(newest, folder.changedMs);
  }
  for (const [path, known] of state.files) {
    if (before?.files.get(path)?.key !== known.key) newest = Math.max(newest, known.changedMs);
  }
  return newest;
}

/** An empty mount point is readable; only that it is not the folder of before tells it from one that was emptied. */
function looksUnmounted(before: State, now: State): boolean {
  const rootOf = ({ walk: { folders } }: State) => folders.get('')?.key.split(':').slice(0, 2).join(':');
  return before.files.size > 0 && now.files.size === 0 && rootOf(before) !== rootOf(now);
}

function sameFiles(before: SourceSnapshot | null, files: readonly SourceFile[]): before is SourceSnapshot {
  if (before === null || before.files.length !== files.length) return false;
  return files.every((file, index) => file === before.files[index]);
}
