// Clears away private engines whose test process is gone, as after a SIGKILL, when nothing could clean up.
import { isRunning } from './processes.ts';
import { recordedEngines } from './record.ts';
import { stopPrivateEngine } from './stop.ts';

/** Stops each engine whose name ends in the id of a process that no longer lives; other engines are nobody's business here. */
export async function stopAbandonedEngines(): Promise<readonly string[]> {
  const abandoned = recordedEngines().filter((name) => {
    const owner = /-(\d+)$/.exec(name)?.[1];
    return owner !== undefined && !isRunning(Number(owner));
  });
  for (const name of abandoned) await stopPrivateEngine(name);
  return abandoned;
}
