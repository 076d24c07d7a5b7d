// The loop: wakes for a reason, makes a pass, starts work, and looks again. Triggers carry only a why.
import type { Plan } from '../model/plan.ts';
import type { Change, Controller } from '../ports/controller.ts';
import { createAlarm } from './alarm.ts';
import type { EngineDeps } from './deps.ts';
import { createEjectedUnits, withoutEjected } from './ejected.ts';
import { PROBATION_LOOK_MS } from './probation.ts';
import type { Wish } from './read-sources.ts';
import { reconcile } from './reconcile.ts';
import { createRecordCache } from './record.ts';
import { refresh } from './refresh.ts';
import { withNames } from './renames/names.ts';
import { rollBack } from './roll-back.ts';
import { createLoopState } from './state.ts';
import { createUnitStart } from './unit-start.ts';
import { createWaiters } from './waiters.ts';

/** No pass for this long means that the loop is stuck. */
const STUCK_MS = 180_000;

export interface Loop extends Controller {
  /** Passes until the signal, then lets what is under way end its current action. */
  serve(signal: AbortSignal): Promise<void>;
  /** Passes until nothing is at work and nothing new can be started. */
  settle(options: { prune: 'given' | 'none'; units: readonly string[]; signal: AbortSignal }): Promise<void>;
  /** What the newest pass read. */
  wish(): Wish | null;
  /** What the newest pass planned. */
  planned(): Plan | null;
  /** One look, without any change. */
  look(options: { prune: 'given' | 'none'; signal: AbortSignal }): Promise<Plan>;
}

export function createLoop(given: EngineDeps): Loop {
  const ejected = createEjectedUnits(given.control);
  const named = withNames(given);
  const { names } = named;
  // After the names: what was let go is known by the name of today.
  const deps = withoutEjected(named.deps, ejected);
  const listeners = new Set<(change: Change) => void>();
  const waiters = createWaiters();
  const state = createLoopState(deps, {
    ejected,
    names,
    onHealth: (unit) => alarm.ring(`health of ${unit} changed`),
  });
  const stop = new AbortController();
  let consent: 'given' | 'none' = 'none';
  let passing: Promise<unknown> = Promise.resolve();
  /** Passes that may start work, counted as they begin: whoever waits wants one that saw what they changed. */
  let begun = 0;
  let passMs = 0;
  const alarm = createAlarm({
    clock: deps.clock,
    busy: () => state.works.busy(),
    passMs: () => passMs,
  });

  const tell = (change: Change): void => {
    for (const listener of listeners) listener(change);
  };

  const start = createUnitStart(deps, state, { tell, ring: (why) => alarm.ring(why), signal: stop.signal });

  async function pass(options: {
    prune: 'given' | 'none';
    units: readonly string[];
    write: boolean;
  }): Promise<Plan> {
    const startedMs = deps.clock.nowMs();
    const passId = startedMs.toString(36).slice(-6);
    let own: number | null = null;
    const turn = passing.then(() => {
      if (options.write) own = ++begun;
      // A deploy under way writes to rows that a new index does not have: it ends first.
      if (options.write && state.works.busy().length === 0 && deps.store.reopenIfLost())
        state.records = createRecordCache();
      return reconcile(deps, state, { ...options, start: options.write ? start : null, signal: stop.signal });
    });
    passing = turn.catch(() => {});
    try {
      const { plan, changed, again } = await turn;
      if (again) alarm.ring('something was lifted');
      state.passes++;
      passMs = deps.clock.nowMs() - startedMs;
      state.overview = { ...state.overview, passId, lastPassMs: deps.clock.nowMs() };
      deps.metrics.passEnded({ durationMs: deps.clock.nowMs() - startedMs, result: 'success' });
      deps.metrics.observe(state.overview);
      for (const status of changed) tell({ type: 'unit', unit: status.unit });
      tell({ type: 'pass' });
      if (own !== null) waiters.release(own, isAtRest);
      return plan;
    } catch (error) {
      deps.metrics.passEnded({ durationMs: deps.clock.nowMs() - startedMs, result: 'error' });
      throw error;
    }
  }

  function isAtRest(units: readonly string[]): boolean {
    return units.length === 0
      ? state.works.busy().length === 0 && !alarm.isDue
      : units.every((unit) => state.works.of(unit).busy === null);
  }

  /** When to look again without being woken. */
  function untilMs(): number {
    return Math.min(
      state.works.nextDueMs() ?? Number.POSITIVE_INFINITY,
      state.memory.probation.size > 0 ? PROBATION_LOOK_MS : deps.config.resyncMs,
    );
  }

  /** Somebody may go on when another one has ended, or is to be tried again. */
  function someoneWaits(): boolean {
    const dependents = state.wish?.units.some(({ dependsOn }) => dependsOn.length > 0) ?? true;
    return dependents || state.works.nextDueMs() !== null;
  }

  return {
    async serve(signal) {
      const watches = [
        ...deps.sources.map((source) => source.watch((why) => alarm.ring(why, 'whole'))),
        deps.repositories.watch((why) => alarm.ring(why, 'whole')),
        ...[...deps.runtimes.values()].map((runtime) =>
          runtime.watch({
            onEvent: ({ unit, type, action }) => {
              if (unit === null && type !== 'network') return;
              const works = unit === null ? state.works.busy() : [state.works.of(unit).busy];
              alarm.ring(`${type} ${action}`, works.some((work) => work !== null) ? 'by work' : 'now');
            },
            onGap: (why) => alarm.ring(why),
            onAway: (error) => alarm.ring(error.message),
          }),
        ),
      ];
      try {
        while (!signal.aborted) {
          alarm.set();
          const prune = consent;
          consent = 'none';
          await pass({ prune, units: [], write: true }).catch((error: unknown) =>
            deps.log.error('a pass failed', { error }),
          );
          state.targets.watch((state.wish?.units ?? []).filter(({ unit }) => !ejected.has(unit)));
          void state.proxyWatch
            .look(signal)
            .then((isNews) => isNews && alarm.ring('how the proxy is reached changed'));
          await alarm.rest({ untilMs: untilMs(), signal });
        }
      } finally {
        state.targets.stop();
        stop.abort(new Error('shutting down'));
        await Promise.allSettled([...state.works.busy(), ...watches.map((end) => end())]);
      }
    },
    async settle({ prune, units, signal }) {
      signal.addEventListener('abort', () => stop.abort(signal.reason), { once: true });
      while (!signal.aborted) {
        alarm.set();
        await pass({ prune, units, write: true });
        const busy = state.works.busy();
        if (busy.length === 0 && !alarm.isDue) return;
        if (busy.length > 0) await Promise.race(busy);
        await alarm.gather({ someoneWaits: someoneWaits(), signal });
      }
    },
    wish: () => state.wish,
    planned: () => state.plan,
    async look({ prune }) {
      return pass({ prune, units: [], write: false });
    },
    overview: () => ({ ...state.overview, units: state.overview.units.map((unit) => withWork(unit)) }),
    proxyRoutes: () => state.proxyRoutes ?? [],
    async plan({ fresh, prune }) {
      if (!fresh && !prune && state.plan !== null) return state.plan;
      return pass({ prune: prune ? 'given' : 'none', units: [], write: false });
    },
    trigger({ why, units = [], sources = [], refresh: fetches, prune }) {
      if (prune) consent = 'given';
      for (const unit of units) state.works.nudge(unit);
      if (fetches && units.length === 0) state.works.nudgeAll();
      if (fetches) state.caches.digests.entries.clear();
      if (fetches) state.plans.clear();
      const asking = fetches ? refresh(deps, { sources, units, signal: stop.signal }) : null;
      if (asking === null) return alarm.ring(why);
      void asking.then(() => alarm.ring(why, 'whole'));
    },
    async rollBack(order) {
      if (state.plan === null) await pass({ prune: 'none', units: [], write: false });
      const answer = await rollBack(deps, state, { ...order, signal: stop.signal });
      state.works.nudge(order.unit);
      alarm.ring(`${order.unit} is rolled back`);
      return answer;
    },
    settled({ units, signal }) {
      const rest = waiters.wait({ after: begun, units, signal });
      alarm.ring('somebody waits');
      return rest;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    readiness() {
      const { lastPassMs } = state.overview;
      if (lastPassMs === null) return { ready: false, reason: 'the first pass has not ended yet' };
      const ageMs = deps.clock.nowMs() - lastPassMs;
      return ageMs < STUCK_MS
        ? { ready: true, reason: 'passes end as they should' }
        : { ready: false, reason: `no pass has ended for ${Math.round(ageMs / 1000)} s` };
    },
  };

  /** Between two passes a unit at work shows what it does now. */
  function withWork<T extends { unit: string; outcome: string }>(unit: T): T {
    const { doing, deployId } = state.works.of(unit.unit);
    return doing === null
      ? unit
      : { ...unit, outcome: 'progressing', reason: 'Progressing', sentence: doing, deployId };
  }
}
