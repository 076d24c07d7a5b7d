// A controller that tells what a test sets, writes down what it is asked, and comes to rest when the test says so.
import type { Plan } from '../../src/model/plan.ts';
import type { RollbackAnswer } from '../../src/model/revision.ts';
import type { ObservedRoute } from '../../src/model/route.ts';
import type { Overview, UnitStatus } from '../../src/model/status.ts';
import type { Change, Controller, RollbackOrder } from '../../src/ports/controller.ts';

export type Triggered = Parameters<Controller['trigger']>[0];

export interface FakeController extends Controller {
  /** Everything it was asked to look at, oldest first. */
  readonly triggers: readonly Triggered[];
  readonly rollbacks: readonly RollbackOrder[];
  /** How often a fresh plan was asked for. */
  readonly freshPlans: number;
  /** Replaces parts of what is told. */
  set(facts: Partial<Overview>): void;
  /** Replaces parts of one unit and tells the listeners, as the loop does. */
  change(unit: string, facts: Partial<UnitStatus>): void;
  /** Tells the listeners. */
  tell(change: Change): void;
  /** The pass that somebody waits for ends. */
  rest(): void;
  setRoutes(routes: readonly ObservedRoute[]): void;
  setReadiness(readiness: { ready: boolean; reason: string }): void;
  /** From now on every question fails, as if the loop had a bug; null mends it. */
  break(error: Error | null): void;
  listeners(): number;
}

/** What a rollback of `shop/prod` answers. */
export function rolledBack(unit: string, to: number | null): RollbackAnswer {
  return {
    unit,
    kind: 'project',
    number: to ?? 2,
    from: '2.1.4',
    to: '2.1.3',
    wanted: '2.1.4',
    keptSince: 0,
    standsBy: true,
  };
}

export function createFakeController(initial: { overview: Overview; plan: Plan }): FakeController {
  let overview = initial.overview;
  let routes: readonly ObservedRoute[] = [];
  let readiness = { ready: true, reason: 'passes end as they should' };
  let broken: Error | null = null;
  let freshPlans = 0;
  const triggers: Triggered[] = [];
  const rollbacks: RollbackOrder[] = [];
  const listeners = new Set<(change: Change) => void>();
  const resting = new Set<() => void>();

  function tell(change: Change): void {
    for (const listener of [...listeners]) listener(change);
  }

  return {
    overview() {
      if (broken !== null) throw broken;
      return overview;
    },
    proxyRoutes: () => routes,
    async plan({ fresh }) {
      if (fresh) freshPlans += 1;
      return initial.plan;
    },
    trigger(request) {
      triggers.push(request);
    },
    async rollBack(order) {
      if (broken !== null) throw broken;
      rollbacks.push(order);
      return rolledBack(order.unit, order.to);
    },
    settled({ signal }) {
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        resting.add(resolve);
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    readiness: () => readiness,
    triggers,
    rollbacks,
    get freshPlans() {
      return freshPlans;
    },
    set(facts) {
      overview = { ...overview, ...facts };
    },
    change(unit, facts) {
      const units = overview.units.map((each) => (each.unit === unit ? { ...each, ...facts } : each));
      overview = { ...overview, units };
      tell({ type: 'unit', unit });
    },
    tell,
    rest() {
      for (const resolve of resting) resolve();
      resting.clear();
    },
    setRoutes(next) {
      routes = next;
    },
    setReadiness(next) {
      readiness = next;
    },
    break(error) {
      broken = error;
    },
    listeners: () => listeners.size,
  };
}
