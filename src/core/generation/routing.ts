// The route of a generation: asked through the proxy before anybody is sent there, then switched, in one go or by shares.
import type { Action, Phase } from '../../model/action.ts';
import type { HealthCheck } from '../../model/container-spec.ts';
import type { Traffic, TrafficTarget } from '../../model/route.ts';
import type { RoutesWorld, RouteView, UnitWorld } from '../../model/world.ts';
import { canonicalJson } from '../canonical.ts';
import { canaryFact } from '../route/facts.ts';
import { putRoute, routeObstacle } from '../route/steps.ts';
import { sameTraffic } from '../route/traffic.ts';
import type { Slot } from './slots.ts';
import { act, type Rollout } from './steps.ts';
import { generationAlias, nameOf, type Wanted } from './wanted.ts';

export interface GenerationRoute {
  proxy: RoutesWorld;
  view: RouteView;
  port: number;
  /** The manifest says another route than when it last converged: what differs is no hand edit. */
  isChanged: boolean;
}

/** Null where nothing can be routed now: no proxy, or away, or an obstacle that is told by itself. */
export function routeOf(wanted: Wanted, { proxy, desired, lastApplied }: UnitWorld): GenerationRoute | null {
  const view = proxy?.routes[0];
  if (proxy === null || view === undefined || proxy.away !== null) return null;
  if (wanted.route === null || wanted.spec.networkMode !== null || wanted.replicas === 0) return null;
  if (routeObstacle(wanted.unit, view, { adopt: wanted.route.adopt }) !== null) return null;
  const before = lastApplied?.desired.route ?? null;
  const isChanged = canonicalJson(before) !== canonicalJson(desired.route);
  return { proxy, view, port: wanted.route.port, isChanged };
}

/** By the alias where a name may stand for several; by each container where the proxy only knows ports. */
export function trafficOf(wanted: Wanted, route: GenerationRoute): Traffic {
  return { main: targetsOf(wanted, route), canary: null };
}

function targetsOf(wanted: Wanted, route: GenerationRoute): TrafficTarget[] {
  return aliasTarget(wanted, route) ?? eachByName(wanted, route);
}

/** Null where each container is named by itself. */
export function aliasTarget(wanted: Wanted, { proxy, port }: GenerationRoute): TrafficTarget[] | null {
  if (proxy.reach !== 'network' || wanted.strategy === 'rolling') return null;
  return [{ scheme: wanted.route?.scheme ?? 'http', host: generationAlias(wanted), port }];
}

export function eachByName(wanted: Wanted, { port }: GenerationRoute): TrafficTarget[] {
  const scheme = wanted.route?.scheme ?? 'http';
  return Array.from({ length: wanted.replicas }, (_, index) => ({
    scheme,
    host: nameOf(wanted, index + 1),
    port,
  }));
}

/** Each container by itself: one that the proxy cannot reach would fail one request in N. What is rolled back to is trusted. */
export function proveRoute(rollout: Rollout, route: GenerationRoute | null): Action[] {
  const { wanted, slots, world } = rollout;
  if (route === null || !switches(rollout, route) || world.pin !== null) return [];
  // A route that is not there yet, or that others made, has no door of ours to ask through.
  if (route.view.id === null || route.view.traffic === null) return [];
  return slots.slots
    .filter((slot) => !isProven(slot, world) && slot.wellness !== 'ended')
    .map((slot) =>
      act(wanted, 'prove', {
        type: 'proveRoute',
        key: route.view.wish.key,
        wish: route.view.wish,
        target: targetOfSlot(wanted, slot, route),
        container: slot.name,
        path: pathOf(wanted.spec.health, route.port),
        version: wanted.release,
      }),
    );
}

/** By their shared name or by their own, it may lead to the wanted ones already. */
function switches({ wanted }: Rollout, route: GenerationRoute): boolean {
  const { traffic } = route.view;
  return [trafficOf(wanted, route), { main: eachByName(wanted, route), canary: null }].every(
    (there) => !sameTraffic(traffic, there),
  );
}

function isProven(slot: Slot, world: UnitWorld): boolean {
  return slot.container !== null && world.memory.has(`routed:${slot.container.id}`);
}

export function targetOfSlot(wanted: Wanted, slot: Slot, { port }: GenerationRoute): TrafficTarget {
  return { scheme: wanted.route?.scheme ?? 'http', host: slot.name, port };
}

function pathOf(check: HealthCheck, port: number): string | null {
  return check.type === 'http' && check.port === port ? check.path : null;
}

/**
 * Shares of the clients, step by step, while another generation serves the rest. After a restart of the controller the
 * step that stands is watched again from its beginning; the ones before it are not.
 */
export function sendShares(rollout: Rollout, route: GenerationRoute | null): Action[] {
  const { wanted, world, slots, sideBySide } = rollout;
  const heir = slots.slots[0];
  if (route === null || heir === undefined || wanted.canary.length === 0 || !sideBySide) return [];
  const { view } = route;
  if (world.pin !== null || view.traffic === null || !switches(rollout, route)) return [];
  const main = view.traffic.main;
  const targets = targetsOf(wanted, route);
  const standing = wanted.canary.findIndex(({ share }) =>
    sameTraffic(view.traffic, { main, canary: { targets, share } }),
  );
  return wanted.canary.flatMap(({ share, forMs }, index) => {
    if (index < standing) return [];
    const put = act(wanted, 'switch', {
      type: 'putRoute',
      key: view.wish.key,
      wish: view.wish,
      traffic: { main, canary: { targets, share } },
      adopt: null,
    });
    const hold = act(wanted, 'switch', {
      type: 'holdCanary',
      key: view.wish.key,
      wish: view.wish,
      target: targetOfSlot(wanted, heir, route),
      container: heir.name,
      check: wanted.spec.health,
      metrics: wanted.canaryMetrics,
      version: wanted.release,
      share,
      ms: forMs,
    });
    const isHeld = heir.container !== null && world.memory.has(`${canaryFact(share)}:${heir.container.id}`);
    if (index > standing) return [put, hold];
    return isHeld ? [] : [hold];
  });
}

/** All of the traffic, and with it whatever else of the route is not as wished. */
export function switchRoute(
  { wanted }: Rollout,
  route: GenerationRoute | null,
  phase: Phase = 'switch',
): Action[] {
  if (route === null || wanted.route === null) return [];
  const { adopt } = wanted.route;
  const { proxy, view, isChanged } = route;
  const put = putRoute(proxy, view, { traffic: trafficOf(wanted, route), adopt, isChanged });
  return put === null ? [] : [act(wanted, phase, put)];
}
