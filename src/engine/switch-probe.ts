// Asks through the proxy all the while a deploy switches: the record says whether anybody noticed.
import { routeWishes } from '../core/route/wishes.ts';
import { type ProofLook, proofOf } from '../core/switch-proof.ts';
import type { Action } from '../model/action.ts';
import type { Desired } from '../model/desired.ts';
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

/** Whether visitors may notice this action: all of the traffic moves, or who serves is stopped before the next one runs. */
export function isNoticed(action: Action, { downtime }: Pick<UnitPlan, 'downtime'>): boolean {
  // The steps of a canary before the switch are watched by themselves.
  if (action.type === 'putRoute') return action.phase === 'switch' && action.traffic?.canary === null;
  return action.type === 'stopContainer' && downtime !== null;
}

/** Null where the plan switches no route that is there already, or nobody wants to know. */
export function probeSwitch(
  deps: Deps,
  { plan, desired }: { plan: UnitPlan; desired: Desired | null },
  signal: AbortSignal,
): SwitchProbe | null {
  const { config, proxy, clock } = deps;
  if (config.proxy?.probe !== true || proxy === null || plan.runs === null) return null;
  const asked = whatToAsk(plan, desired);
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

/**
 * The first switched route, asked for what its health check asks where that goes by the same port. Where who serves is
 * replaced under the same name, nothing is written to the proxy, and it is the unit's own route.
 */
function whatToAsk(
  { actions, downtime }: UnitPlan,
  desired: Desired | null,
): { wish: RouteWish; path: string } | null {
  const put = actions.find((action) => action.type === 'putRoute' && action.phase === 'switch');
  const switched = put?.type === 'putRoute' ? put.wish : undefined;
  const wish = switched ?? (desired === null || downtime === null ? undefined : routeWishes(desired)[0]);
  if (wish?.target.type !== 'forward') return null;
  const proven = actions.find((action) => action.type === 'proveRoute' && action.key === wish.key);
  return { wish, path: (proven?.type === 'proveRoute' ? proven.path : null) ?? '/' };
}
