// Lets the running controller do it, and watches the index meanwhile.
import type { UnitStatus } from '../model/status.ts';
import type { Reader } from '../ports/session.ts';
import { say } from './answers.ts';
import { createClient } from './client.ts';
import type { CommandContext } from './command.ts';
import { EXIT } from './exit-code.ts';
import { startProgress } from './progress.ts';
import { showResults } from './show-results.ts';
import { findUnits } from './unit-name.ts';

const LOOK_EVERY_MS = 500;
/** As long as the controller lets anybody wait. */
const LONGEST_MS = 10 * 60_000;

export async function askController(
  context: CommandContext,
  reader: Reader,
  order: { names: readonly string[]; prune: boolean; wait: boolean },
): Promise<number> {
  const { clock, signal } = context;
  const units = findUnits(order.names, reader);
  const client = createClient({ config: reader.config, secrets: reader.secrets, fetch: context.fetch });
  const startedMs = clock.nowMs();
  const { store } = reader;
  const wish = { units, prune: order.prune, wait: order.wait, timeoutMs: LONGEST_MS };
  if (!order.wait || store === null) {
    await client.sync(wish, signal);
    say(context, `The controller at ${client.address} looks now. See \`tinyforge status\`.`);
    return EXIT.done;
  }
  const chosen = (): UnitStatus[] =>
    store.statuses().filter((status) => units.length === 0 || units.includes(status.unit));
  const progress = startProgress(context, {
    store,
    units: chosen,
    startedMs,
    title: () => `The controller at ${client.address} applies`,
  });
  const done = new AbortController();
  const looking = lookAgain(context, {
    signal: AbortSignal.any([done.signal, signal]),
    look: progress.changed,
  });
  try {
    await client.sync(wish, signal);
  } finally {
    done.abort();
    await looking;
    progress.end();
  }
  return showResults(context, { store, units: chosen(), problems: [], startedMs });
}

async function lookAgain(
  { clock }: CommandContext,
  { signal, look }: { signal: AbortSignal; look: () => void },
): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(LOOK_EVERY_MS, signal).catch(() => {});
    look();
  }
}
