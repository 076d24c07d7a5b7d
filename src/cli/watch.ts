// `--watch`: shows an answer again and again, on a terminal in place, elsewhere one after the other.
import type { CommandContext } from './command.ts';

const EVERY_MS = 2_000;
const CLEAR = '\x1b[H\x1b[2J\x1b[3J';

/** Calls `show` once, or with --watch until the signal. Ends without an error when it is interrupted. */
export async function watched(context: CommandContext, show: () => Promise<void>): Promise<void> {
  const { signal, clock, out } = context;
  if (context.line.values.watch !== true) return show();
  while (!signal.aborted) {
    if (out.isTerminal) out.write(CLEAR);
    await show();
    await clock.sleep(EVERY_MS, signal).catch(() => {});
  }
}
