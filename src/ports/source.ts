// A place where manifests come from.
import type { Problem } from '../model/problem.ts';
import type { SourceSnapshot } from '../model/source.ts';

export interface SourceReading {
  /** The newest readable state, or the last good one while the place is away; null before the first. */
  snapshot: SourceSnapshot | null;
  /** Why the newest state could not be had. */
  problem: Problem | null;
  /** When the place last answered well. */
  fetchedMs: number | null;
}

export interface Source {
  readonly name: string;
  readonly type: 'git' | 'directory';
  /** Address to show, without user info. */
  readonly address: string;
  readonly ref: string | null;
  /**
   * Gives the current state. Cheap when nothing changed: unchanged files keep their object identity.
   * A git source gives its last checkout; it fetches in `refresh`, not here (but for the first time).
   */
  read(signal: AbortSignal): Promise<SourceReading>;
  /** Looks at the outside now (webhook, `sync`); resolves when done, never rejects for an outside that is away. */
  refresh(signal: AbortSignal): Promise<void>;
  /** Calls back when something may have changed (coalesced). Starts polling or watching; returns the stop. */
  watch(onChange: (why: string) => void): () => Promise<void>;
  /**
   * Files beside the manifests that this source's units are made from (Compose files, env files, site folders),
   * so that the watcher knows what matters. Replaces the earlier list. No-op for git.
   */
  setReferenced(paths: readonly string[]): void;
}
