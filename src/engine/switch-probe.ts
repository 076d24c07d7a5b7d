// Asks through the proxy all the while a deploy switches: the record says whether anybody noticed.
import { type ProofLook, proofOf } from '../core/switch-proof.ts';
import type { Action } from '../model/action.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { SwitchProof } from '../model/record.ts';
import type { RouteWish } from '../model/route.ts';
import type { EngineDeps } from './deps.ts';

const EVERY_MS = 25;
const TIMEOUT_MS = 5_000;
/** An answer of the proxy itself or of a broken upstream; what an application says by itself is its own matter. */
const FAILED_FROM = 500;

export interface SwitchProbe {
  /** Ends it, and gives what was seen; null where nothing was asked. */
  end(): Promise<SwitchProof | null>;
}

type Deps = Pick<EngineDeps, 'clock' | 'config' | 'proxy'>;

/** Null where the plan switches no route that is there already, or nobody wants to know. */
export function probeSwitch(deps: Deps, plan: UnitPlan, signal: AbortSignal): SwitchProbe | null {
  const { config, proxy, clock } = deps;
  if (config.proxy?.probe !== true || proxy === null || plan.runs === null) return null;
  const asked = whatToAsk(plan.actions);
  if (asked === null) return null;
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const fromMs = clock.nowMs();
  const looks: ProofLook[] = [];

  async function look(): Promise<void> {
    const answer = await proxy
      ?.ask(asked?.wish as RouteWish, {
        path: asked?.path ?? '/',
        preview: null,
        signal: either,
        timeoutMs: TIMEOUT_MS,
      })
      .catch(() => null);
    // What was cut by our own end says nothing.
    if (!either.aborted)
      looks.push({ atMs: clock.nowMs(), ok: answer != null && answer.status < FAILED_FROM });
  }

  async function run(): Promise<void> {
    while (!either.aborted) {
      await look();
      await clock.sleep(EVERY_MS, either).catch(() => {});
    }
  }

  const running = run();
  return {
    async end() {
      stop.abort();
      await running;
      return proofOf(looks, { fromMs });
    },
  };
}

/** The first switched route, asked for what its health check asks where that goes by the same port. */
function whatToAsk(actions: readonly Action[]): { wish: RouteWish; path: string } | null {
  const put = actions.find((action) => action.type === 'putRoute' && action.phase === 'switch');
  if (put?.type !== 'putRoute' || put.wish.target.type !== 'forward') return null;
  const proven = actions.find((action) => action.type === 'proveRoute' && action.key === put.key);
  return { wish: put.wish, path: (proven?.type === 'proveRoute' ? proven.path : null) ?? '/' };
}
