// Progress where no terminal is: one fact a line, never repainted, and a sign of life after ten seconds of silence.
import { duration } from '../core/time-words.ts';
import { stamp } from '../core/time-words-dates.ts';
import type { DeployLogRow } from '../model/record.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { deploysSince, type ProgressRow } from './progress-rows.ts';

const SILENCE_MS = 10_000;
const PAUSE_MS = 100;

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
  /** Deploys that ended, and all of whose lines were told. */
  const over = new Set<number>();
  let isDue = false;
  let lastMs = clock.nowMs();

  function write(text: string): void {
    lastMs = clock.nowMs();
    deps.line(text);
  }

  function tell(): void {
    for (const { id, unit, finishedAtMs } of deploysSince(store, deps.startedMs)) {
      if (over.has(id)) continue;
      const rows = store.deployLogs(id).filter((row) => row.atMs >= deps.startedMs);
      for (const row of rows.slice(written.get(id) ?? 0)) write(logLine(unit, row));
      written.set(id, rows.length);
      if (finishedAtMs !== null) over.add(id);
    }
  }

  /** What comes together is told together: forty deploys at once would read each other's lines all the time. */
  function changed(): void {
    if (isDue) return;
    isDue = true;
    void clock
      .sleep(PAUSE_MS, stop.signal)
      .catch(() => {})
      .then(() => {
        isDue = false;
        if (!stop.signal.aborted) tell();
      });
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
      tell();
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
