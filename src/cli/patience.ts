// Says what is waited for, when an answer takes longer than a second.
import type { CommandContext } from './command.ts';

const SILENT_MS = 1_000;

/** On a terminal only: in a pipe nobody waits for a sign. */
export async function patiently<T>(
  context: CommandContext,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const { talk, clock, quiet } = context;
  if (!talk.isTerminal || quiet) return work();
  const done = new AbortController();
  const note = clock.sleep(SILENT_MS, done.signal).then(
    () => talk.line(talk.dim(`${what} …`)),
    () => undefined,
  );
  try {
    return await work();
  } finally {
    done.abort();
    await note;
  }
}
