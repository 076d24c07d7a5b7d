// A source without a disk or a network: tests say what it holds, when it is away, and when it tells of a change.
import { contentStamp, decodeSourceText } from '../../src/core/source-file.ts';
import type { Problem } from '../../src/model/problem.ts';
import type { SourceFile, SourceSnapshot } from '../../src/model/source.ts';
import type { Source } from '../../src/ports/source.ts';

export interface FakeSource extends Source {
  /** Changes files (null removes one); seen by the next reading of a directory, after a refresh for git. */
  change(files: Readonly<Record<string, string | Buffer | null>>): void;
  /** Nothing can be had any more until `comeBack`. */
  goAway(): void;
  comeBack(): void;
  /** What was set last. */
  readonly referenced: readonly string[];
}

/** What lies on the other side: it survives a restart of ours. */
export interface FakePlace {
  contents: Map<string, Buffer>;
  revisions: number;
  changedMs: number;
  isAway: boolean;
}

export function createFakePlace(): FakePlace {
  return { contents: new Map(), revisions: 0, changedMs: 0, isAway: false };
}

export function createFakeSource(options: {
  type: 'git' | 'directory';
  name?: string;
  root?: string;
  nowMs?: () => number;
  place?: FakePlace;
}): FakeSource {
  const {
    type,
    name = 'home',
    root = '/fake',
    nowMs = () => Date.now(),
    place = createFakePlace(),
  } = options;
  const listeners = new Set<(why: string) => void>();
  let snapshot: SourceSnapshot | null = null;
  let fetchedMs: number | null = null;
  let problem: Problem | null = null;
  let wasLookedAt = false;
  let referenced: readonly string[] = [];

  function look(): void {
    wasLookedAt = true;
    problem = place.isAway ? awayProblem(name) : null;
    if (place.isAway) return;
    fetchedMs = nowMs();
    const before = new Map(snapshot?.files.map((file) => [file.path, file]));
    const files = [...place.contents]
      .map(([path, bytes]) => fileOf(path, bytes))
      .map((file) => (before.get(file.path)?.stamp === file.stamp ? (before.get(file.path) ?? file) : file))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    const isSame =
      snapshot?.files.length === files.length && files.every((file) => before.get(file.path) === file);
    const revision = type === 'git' ? place.revisions.toString(16).padStart(40, '0') : null;
    if (snapshot !== null && isSame && snapshot.revision === revision) return;
    const commit =
      type === 'git' ? { author: 'Ada', subject: `Change ${place.revisions}`, atMs: place.changedMs } : null;
    const at = type === 'git' ? `${root}/${revision}` : root;
    snapshot = { source: name, type, revision, root: at, files, commit };
  }

  function lookAndTell(): void {
    const before = { snapshot, problem: problem?.reason };
    look();
    if (snapshot !== before.snapshot || problem?.reason !== before.problem) tell('changed');
  }

  function tell(why: string): void {
    for (const listener of listeners) listener(why);
  }

  return {
    name,
    type,
    address: type === 'git' ? 'https://git.example.com/me/infra.git' : root,
    ref: type === 'git' ? 'main' : null,
    async read(signal) {
      signal.throwIfAborted();
      if (type === 'directory' || !wasLookedAt) look();
      return { snapshot, problem, fetchedMs };
    },
    async refresh(signal) {
      signal.throwIfAborted();
      lookAndTell();
    },
    watch(onChange) {
      listeners.add(onChange);
      return async () => {
        listeners.delete(onChange);
      };
    },
    setReferenced(paths) {
      referenced = [...paths];
    },
    get referenced() {
      return referenced;
    },
    change(files) {
      place.revisions += 1;
      place.changedMs = nowMs();
      for (const [path, content] of Object.entries(files)) {
        if (content === null) place.contents.delete(path);
        else place.contents.set(path, Buffer.from(content));
      }
      if (type === 'directory') tell('changed');
      // A real one polls; what it finds is told in its own time.
      else if (listeners.size > 0) queueMicrotask(lookAndTell);
    },
    goAway() {
      place.isAway = true;
    },
    comeBack() {
      place.isAway = false;
    },
  };
}

function fileOf(path: string, bytes: Buffer): SourceFile {
  const decoded = decodeSourceText(path, bytes);
  const stamp = contentStamp(bytes);
  return 'text' in decoded
    ? { path, stamp, text: decoded.text, refused: null }
    : { path, stamp, text: null, refused: decoded.refused };
}

function awayProblem(source: string): Problem {
  return {
    severity: 'error',
    reason: 'SourceAway',
    message: 'The source does not answer.',
    effect: 'What runs is not touched.',
    hint: 'Look at it.',
    next: null,
    workload: null,
    source,
    file: null,
    line: null,
    column: null,
    path: null,
  };
}
