// Makes one call out of a burst of events: an editor's save is five of them, a `git pull` hundreds.
import type { Clock } from '../../ports/clock.ts';

const QUIET_MS = 100;
const LONGEST_MS = 1_000;

export interface Burst {
  add(path: string): void;
  /** Nothing is called any more. */
  stop(): void;
}

/** Calls back with all paths once nothing was added for 100 ms, or 1 s after the first one. */
export function createBurst(clock: Clock, onBurst: (paths: readonly string[]) => void): Burst {
  const stopped = new AbortController();
  const paths = new Set<string>();
  let firstMs = 0;
  let lastMs = 0;

  async function gather(): Promise<void> {
    for (;;) {
      const nowMs = clock.nowMs();
      const dueMs = Math.min(lastMs + QUIET_MS, firstMs + LONGEST_MS);
      if (nowMs >= dueMs) break;
      await clock.sleep(dueMs - nowMs, stopped.signal);
    }
    const burst = [...paths];
    paths.clear();
    onBurst(burst);
  }

  return {
    add(path) {
      if (stopped.signal.aborted) return;
      lastMs = clock.nowMs();
      const isFirst = paths.size === 0;
      paths.add(path);
      if (!isFirst) return;
      firstMs = lastMs;
      // It can end early only by the stop.
      gather().catch(() => undefined);
    },
    stop() {
      stopped.abort(new Error('The directory is not watched any more.'));
      paths.clear();
    },
  };
}
