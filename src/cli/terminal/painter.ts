// Paints lines in place on a terminal, at most ten times a second, and always gives the cursor back.
import type { Clock } from '../../ports/clock.ts';
import type { Screen } from './screen.ts';

const LEAST_MS = 100;
/** Times on screen go on although nothing happens. */
const TICK_MS = 1_000;

export const HIDE_CURSOR = '\x1b[?25l';
export const SHOW_CURSOR = '\x1b[?25h';

export interface Painter {
  /** Something changed: paint soon. */
  changed(): void;
  /** Paints the last frame, or takes the frame away; then the cursor is back. */
  end(last: 'stays' | 'goes'): void;
}

export function createPainter(deps: { screen: Screen; clock: Clock; lines: () => string[] }): Painter {
  const { screen, clock } = deps;
  const stop = new AbortController();
  let nap = new AbortController();
  let painted = 0;

  function paint(lines: readonly string[]): void {
    // Up to the first line of the last frame; each line is cleared before it is written, what is left below too.
    const up = painted === 0 ? '' : `\x1b[${painted}A`;
    const body = lines.map((line) => `\x1b[2K${line}\n`).join('');
    screen.write(`${up}\r${body}\x1b[0J`);
    painted = lines.length;
  }

  async function loop(): Promise<void> {
    screen.write(HIDE_CURSOR);
    while (!stop.signal.aborted) {
      // What changes from here on is for the next frame.
      nap = new AbortController();
      paint(deps.lines());
      await clock.sleep(LEAST_MS, stop.signal).catch(() => {});
      const wake = AbortSignal.any([stop.signal, nap.signal]);
      if (!wake.aborted) await clock.sleep(TICK_MS - LEAST_MS, wake).catch(() => {});
    }
  }

  void loop();
  return {
    changed: () => nap.abort(),
    end(last) {
      if (stop.signal.aborted) return;
      stop.abort();
      paint(last === 'stays' ? deps.lines() : []);
      screen.write(SHOW_CURSOR);
    },
  };
}
