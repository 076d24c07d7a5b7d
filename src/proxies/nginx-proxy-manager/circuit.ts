// Stops asking a proxy that is down: quick failures while it is open, one call to try whether it came back.
import type { Clock } from '../../ports/clock.ts';

/** Failures in a row that open it. */
const OPENS_AFTER = 3;
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 60_000;

export interface Circuit {
  /** What may be said instead of asking; null where the call may be made. A call that is allowed must report. */
  refusal(): string | null;
  /** It answered itself, whatever it answered. */
  succeeded(): void;
  /** No answer, or one of the web server before it alone. */
  failed(): void;
  /** We did not wait for its answer. */
  givenUp(): void;
}

export function createCircuit(clock: Pick<Clock, 'nowMs'>): Circuit {
  let failures = 0;
  let restMs = FIRST_REST_MS;
  let closedAgainMs = 0;
  /** One call at a time finds out whether it is back. */
  let isTrying = false;
  return {
    refusal() {
      if (failures < OPENS_AFTER) return null;
      const leftMs = closedAgainMs - clock.nowMs();
      if (leftMs > 0)
        return `it failed ${failures} times in a row; asked again in ${Math.ceil(leftMs / 1000)} s`;
      if (isTrying) return 'it is being tried whether it is back';
      isTrying = true;
      return null;
    },
    succeeded() {
      failures = 0;
      restMs = FIRST_REST_MS;
      isTrying = false;
    },
    failed() {
      failures += 1;
      isTrying = false;
      if (failures < OPENS_AFTER) return;
      closedAgainMs = clock.nowMs() + restMs;
      restMs = Math.min(restMs * 2, LONGEST_REST_MS);
    },
    givenUp() {
      isTrying = false;
    },
  };
}
