// Asks our own routes now and then, as a client would: a container that is well and a proxy that answers 502 is not served.
import { targetVerdict } from '../core/route/facts.ts';
import type { Desired } from '../model/desired.ts';
import type { RoutesWorld, RouteView } from '../model/world.ts';
import type { EngineDeps } from './deps.ts';
import type { Memory } from './memory.ts';

const WELL_MS = 30_000;
const ILL_MS = 5_000;
const TIMEOUT_MS = 10_000;
/** One bad answer may be a reload or a restart. */
const BAD_ENOUGH = 2;
/** A proxy's own words for "nobody is there"; all else is the application's matter. */
const UNREACHED = new Set([502, 503, 504]);

export interface ReachMonitor {
  /** Begins what is due, behind the back of the pass. */
  ensure(desired: Desired, proxy: RoutesWorld | null): void;
}

type Deps = Pick<EngineDeps, 'proxy' | 'clock' | 'log'>;

/** `onChange` is told the unit whose route stopped or began to be served. */
export function createReachMonitor(
  deps: Deps,
  memory: Memory,
  onChange: (unit: string) => void,
): ReachMonitor {
  const underWay = new Set<string>();
  const bad = new Map<string, number>();

  async function look(unit: string, { wish }: RouteView): Promise<void> {
    const key = targetVerdict(wish.key);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await deps.proxy?.ask(wish, { path: '/', preview: null, signal, timeoutMs: TIMEOUT_MS });
    if (answer === undefined) return;
    const isBad = UNREACHED.has(answer.status);
    bad.set(key, isBad ? (bad.get(key) ?? 0) + 1 : 0);
    const before = memory.probes.get(key)?.ok ?? true;
    const ok = !isBad || (before && (bad.get(key) ?? 0) < BAD_ENOUGH);
    const detail = `${wish.domains[0] ?? wish.key} answers ${answer.status} through the proxy`;
    memory.probes.set(key, { unit, ok, detail, atMs: deps.clock.nowMs() });
    if (before !== ok) onChange(unit);
  }

  return {
    ensure(desired, proxy) {
      // The other end of a stand-alone proxy is watched as its manifest says.
      if (proxy === null || proxy.away !== null || desired.kind === 'proxy' || desired.state === 'stopped')
        return;
      for (const view of proxy.routes) {
        const key = targetVerdict(view.wish.key);
        if (view.id === null || view.wish.target.type !== 'forward' || underWay.has(key)) continue;
        const verdict = memory.probes.get(key);
        const dueMs = (bad.get(key) ?? 0) > 0 ? ILL_MS : WELL_MS;
        if (verdict !== undefined && deps.clock.nowMs() - verdict.atMs < dueMs) continue;
        underWay.add(key);
        look(desired.unit, view)
          // That we cannot ask says nothing of those who can.
          .catch((error: unknown) =>
            deps.log.debug('a route could not be asked', { workload: desired.unit, error }),
          )
          .finally(() => underWay.delete(key));
      }
    },
  };
}
