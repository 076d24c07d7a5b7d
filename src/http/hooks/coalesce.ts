// Joins the targets of many hints into few triggers: the first goes at once, the rest of a burst as one.
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { HintTargets } from '../deps.ts';

const WINDOW_MS = 250;

/** A push of a multi-platform image is a burst of deliveries about one thing. */
export function createCoalescer(options: {
  clock: Clock;
  log: Log;
  fire: (targets: HintTargets) => void;
}): (targets: HintTargets) => void {
  const { clock, log, fire } = options;
  let waiting: { sources: Set<string>; units: Set<string> } | null = null;

  async function closeWindow(): Promise<void> {
    await clock.sleep(WINDOW_MS);
    const joined = waiting;
    waiting = null;
    if (joined !== null && joined.sources.size + joined.units.size > 0) {
      add({ sources: [...joined.sources], units: [...joined.units] });
    }
  }

  function add(targets: HintTargets): void {
    if (waiting !== null) {
      for (const source of targets.sources) waiting.sources.add(source);
      for (const unit of targets.units) waiting.units.add(unit);
      return;
    }
    waiting = { sources: new Set(), units: new Set() };
    fire(targets);
    closeWindow().catch((error: unknown) => log.error('A webhook could not wake the loop', { error }));
  }
  return add;
}
