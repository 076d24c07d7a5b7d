// Git repositories that hold the files of sites: opened when a site asks first, then watched as long as one does.
import type { GitSourceConfig } from '../model/config.ts';
import type { GitContent } from '../model/desired.ts';
import type { Problem } from '../model/problem.ts';

export interface Repositories {
  /**
   * The newest state, or the last good one while the host is away. Asks the host at the first call of a process, and
   * gives what is on disk after that; `root` is an absolute folder that holds one commit and never changes.
   */
  read(content: GitContent, signal: AbortSignal): Promise<RepositoryReading>;
  /** From now on they are polled; calls back when one has moved. Resolves when the last look has ended. */
  watch(onChange: (why: string) => void): () => Promise<void>;
  /** Looks at these now, by their names; resolves when done. */
  refresh(names: readonly string[], signal: AbortSignal): Promise<void>;
  /** Of those that are open, for who knows what was pushed. */
  configs(): GitSourceConfig[];
}

export interface RepositoryReading {
  /** Null before the first good one. */
  state: { root: string; revision: string } | null;
  /** Why the newest state could not be had. */
  problem: Problem | null;
}
