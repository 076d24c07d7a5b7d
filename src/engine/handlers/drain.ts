// Waits for clients to leave those that are to be stopped: for the whole time, or until all of them were seen to have left.
import { farewellFact } from '../../core/route/facts.ts';
import type { ActionOf } from '../../model/action.ts';
import type { HandlerContext } from './context.ts';

const LOOK_EVERY_MS = 250;
/**
 * A proxy may hold a request that it has not sent on yet: nginx takes the whole of an upload first. So nobody has left
 * before there was no connection for as long as this.
 */
export const QUIET_MS = 3_000;

export async function drain(action: ActionOf<'drain'>, context: HandlerContext): Promise<void> {
  const { deps, memory, runtime, signal } = context;
  const { clock } = deps;
  const startMs = clock.nowMs();
  const leftMs = (): number => startMs + action.ms - clock.nowMs();
  let busyMs = startMs;
  while (leftMs() > 0) {
    const open = await connectionsOf(action.leaving, context);
    if (open === null) {
      await clock.sleep(leftMs(), signal);
      break;
    }
    if (open > 0) {
      busyMs = clock.nowMs();
      context.progress(`${open} ${open === 1 ? 'connection is' : 'connections are'} still open`);
    } else if (clock.nowMs() - busyMs >= QUIET_MS) break;
    await clock.sleep(Math.min(LOOK_EVERY_MS, leftMs()), signal);
  }
  const facts = await runtime.inspectContainer(action.container);
  if (facts !== null) for (const id of action.leaving) memory.facts.add(farewellFact(facts.id, id));
}

/** Null where one of them cannot be looked at: then only the time tells. */
async function connectionsOf(
  containers: readonly string[],
  { runtime }: HandlerContext,
): Promise<number | null> {
  const each = await Promise.all(
    containers.map((container) => runtime.openConnections(container).catch(() => null)),
  );
  return each.reduce<number | null>((sum, open) => (sum === null || open === null ? null : sum + open), 0);
}
