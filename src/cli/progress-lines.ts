// Progress where no terminal is: one fact a line, never repainted, and a sign of life after ten seconds of silence.
import { duration } from '../core/time-words.ts';
import { stamp } from '../core/time-words-dates.ts';
import type { DeployLogRow } from '../model/record.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { deploysSince, type ProgressRow } from './progress-rows.ts';

const SILENCE_MS = 10_000;

export interface ProgressLines {
  changed(): void;
  end(): void;
}

/** `rows` tells what is under way, for the sign of life. */
export function createProgressLines(deps: {
  store: Pick<Store, 'deploys' | 'deployLogs'>;
  clock: Clock;
  startedMs: number;
  rows: () => readonly ProgressRow[];
  line: (text: string) => void;
}): ProgressLines {
  const { store, clock } = deps;
  const stop = new AbortController();
  const written = new Map<number, number>();
  let lastMs = clock.nowMs();

  function write(text: string): void {
    lastMs = clock.nowMs();
    deps.line(text);
  }

  function changed(): void {
    for (const deploy of deploysSince(store, deps.startedMs)) {
      const rows = store.deployLogs(deploy.id).filter((row) => row.atMs >= deps.startedMs);
      for (const row of rows.slice(written.get(deploy.id) ?? 0)) write(logLine(deploy.unit, row));
      written.set(deploy.id, rows.length);
    }
  }

  async function signsOfLife(): Promise<void> {
    while (!stop.signal.aborted) {
      const due = Math.max(1, lastMs + SILENCE_MS - clock.nowMs());
      await clock.sleep(due, stop.signal).catch(() => {});
      if (stop.signal.aborted || clock.nowMs() - lastMs < SILENCE_MS) continue;
      const open = deps.rows().filter((row) => !row.done);
      const nowMs = clock.nowMs();
      for (const row of open)
        write(
          `${head(nowMs, 'info', row.unit)} ${row.step}: still ${row.detail || 'at it'} after=${duration(row.elapsedMs).replaceAll(' ', '')}`,
        );
      if (open.length === 0) write(`${head(nowMs, 'info', 'tinyforge')} pass: still looking`);
    }
  }

  void signsOfLife();
  return {
    changed,
    end() {
      changed();
      stop.abort();
    },
  };
}

function logLine(unit: string, { atMs, level, phase, text }: DeployLogRow): string {
  return `${head(atMs, level, unit)} ${phase}: ${text}`;
}

function head(atMs: number, level: string, unit: string): string {
  return `${stamp(atMs)} ${level.padEnd(5)} ${unit}`;
}
