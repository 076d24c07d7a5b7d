// Shows what is under way: painted on a terminal, as lines elsewhere; not at all with -q, nor where the log tells it (-v).
import type { UnitStatus } from '../model/status.ts';
import type { Store } from '../ports/store.ts';
import type { CommandContext } from './command.ts';
import { frameLines } from './progress-frame.ts';
import { createProgressLines } from './progress-lines.ts';
import { type ProgressRow, progressRows } from './progress-rows.ts';
import { createPainter } from './terminal/painter.ts';

const USUAL_HEIGHT = 24;

export interface Progress {
  changed(): void;
  /** After this nothing is written any more, and the cursor is where it was. */
  end(): void;
}

export function startProgress(
  context: CommandContext,
  facts: {
    store: Pick<Store, 'deploys' | 'deployLogs'>;
    units: () => readonly UnitStatus[];
    title: (rows: readonly ProgressRow[]) => string;
    startedMs: number;
    /** The work is done in this process, whose log says each action with -v. */
    isLogged?: boolean;
  },
): Progress {
  const { clock, talk, env, quiet, verbose } = context;
  if (quiet || (verbose && facts.isLogged === true)) return { changed: () => {}, end: () => {} };
  const rows = (): ProgressRow[] =>
    progressRows({
      store: facts.store,
      units: facts.units(),
      startedMs: facts.startedMs,
      nowMs: clock.nowMs(),
    });
  const inPlace = talk.isTerminal && env.TERM !== 'dumb' && (env.CI === undefined || env.CI === '');
  if (!inPlace) {
    const { store, startedMs } = facts;
    return createProgressLines({ store, clock, startedMs, rows, line: (text) => talk.line(text) });
  }
  const painter = createPainter({
    screen: talk,
    clock,
    lines: () => {
      const now = rows();
      const elapsedMs = clock.nowMs() - facts.startedMs;
      return frameLines(
        { title: facts.title(now), elapsedMs, rows: now, height: talk.height() ?? USUAL_HEIGHT },
        talk,
      );
    },
  });
  return {
    changed: painter.changed,
    // Where the answer comes on the same terminal, it takes the place of the last frame.
    end: () => painter.end(context.out.isTerminal ? 'goes' : 'stays'),
  };
}
