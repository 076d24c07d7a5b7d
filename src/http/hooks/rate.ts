// A bucket of tokens per hook: a flood costs the one who sends it, not the loop.
import type { Clock } from '../../ports/clock.ts';

/** A large push of many images fits; a flood does not. */
const BURST = 300;
const PER_SECOND = 30;

/** True when this hook may be called once more now. */
export function createRate(clock: Pick<Clock, 'nowMs'>): (hook: string) => boolean {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return (hook) => {
    const nowMs = clock.nowMs();
    const bucket = buckets.get(hook) ?? { tokens: BURST, atMs: nowMs };
    const refill = (Math.max(0, nowMs - bucket.atMs) / 1000) * PER_SECOND;
    const tokens = Math.min(BURST, bucket.tokens + refill);
    const allowed = tokens >= 1;
    buckets.set(hook, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs });
    return allowed;
  };
}
