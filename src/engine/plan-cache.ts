// A unit at rest whose inputs are the very same is not planned again: the plan is a pure function of them.
import { targetVerdict } from '../core/route/facts.ts';
import type { Desired } from '../model/desired.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { UnitWorld } from '../model/world.ts';

export interface PlanCache {
  /** The earlier plan, when it was empty and nothing it was made from has changed. */
  calm(world: UnitWorld): UnitPlan | null;
  remember(world: UnitWorld, plan: UnitPlan): void;
  /** Forgets all, so that answers from outside are asked anew. */
  clear(): void;
}

interface Entry {
  desired: Desired;
  mine: readonly ObservedContainer[];
  verdicts: string;
  quarantined: string;
  /** A person's rollback, and what can be rolled back to. */
  hold: UnitWorld['hold'];
  kept: string;
  routes: string;
  plan: UnitPlan;
}

/** `worthKeeping` names the units whose answers cannot change by themselves between passes. */
export function createPlanCache(worthKeeping: (desired: Desired) => boolean): PlanCache {
  const entries = new Map<string, Entry>();
  return {
    calm(world) {
      const entry = entries.get(world.desired.unit);
      if (
        entry === undefined ||
        entry.desired !== world.desired ||
        entry.quarantined !== quarantinedOf(world) ||
        entry.hold !== world.hold ||
        entry.kept !== keptOf(world)
      )
        return null;
      if (!same(entry.mine, world.mine) || entry.verdicts !== verdictsOf(world)) return null;
      if (entry.routes !== routesOf(world)) return null;
      return entry.plan;
    },
    remember(world, plan) {
      const { unit } = world.desired;
      const atRest = plan.actions.length === 0 && plan.blocked === null && plan.health.status === 'healthy';
      if (!atRest || !worthKeeping(world.desired)) return void entries.delete(unit);
      entries.set(unit, {
        desired: world.desired,
        mine: world.mine,
        verdicts: verdictsOf(world),
        quarantined: quarantinedOf(world),
        hold: world.hold,
        kept: keptOf(world),
        routes: routesOf(world),
        plan,
      });
    },
    clear: () => entries.clear(),
  };
}

function verdictsOf({ mine, probes }: UnitWorld): string {
  let text = '';
  for (const container of mine) {
    const verdict = probes.get(container.id);
    text += verdict === undefined ? '?' : verdict.ok ? '+' : '-';
  }
  return text;
}

/** '' for all who have no route: that is what most of a house is. */
function routesOf({ proxy, probes }: UnitWorld): string {
  if (proxy === null || (proxy.routes.length === 0 && proxy.surplus.length === 0)) return '';
  const { away, routes, surplus, network } = proxy;
  const served = routes.map(({ wish }) => probes.get(targetVerdict(wish.key))?.ok);
  return JSON.stringify([away?.reason, network, surplus, routes, served]);
}

function quarantinedOf({ quarantine }: UnitWorld): string {
  return quarantine.map((entry) => `${entry.specHash}@${entry.digest}`).join();
}

function keptOf({ kept, lastApplied }: UnitWorld): string {
  return `${lastApplied?.specHash ?? ''}:${kept.most}:${kept.specHashes.join()}`;
}

/** Uptime is left out: a longer one makes no healthy container less so. */
function same(a: readonly ObservedContainer[], b: readonly ObservedContainer[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((container, index) => {
    const other = b[index];
    return (
      other !== undefined &&
      (container === other ||
        (container.id === other.id &&
          container.state === other.state &&
          container.health === other.health &&
          container.name === other.name &&
          sameNetworks(container, other)))
    );
  });
}

function sameNetworks(a: ObservedContainer, b: ObservedContainer): boolean {
  for (const name in a.networks) {
    const [one, other] = [a.networks[name], b.networks[name]];
    if (one?.endpointId !== other?.endpointId || one?.networkId !== other?.networkId) return false;
  }
  for (const name in b.networks) if (a.networks[name] === undefined) return false;
  return true;
}
