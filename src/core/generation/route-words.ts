// Why a unit's route changes, or cannot be made.
import type { Cause } from '../../model/plan.ts';
import type { Problem } from '../../model/problem.ts';
import type { UnitWorld } from '../../model/world.ts';
import { problem } from '../problem.ts';
import { targetVerdict } from '../route/facts.ts';
import { changedByHand, driftWords, putRoute, routeObstacle } from '../route/steps.ts';
import { routeOf, trafficOf } from './routing.ts';
import type { Wanted } from './wanted.ts';

/** The route alone differs: somebody named it, changed it by hand, or its upstream's port is another after a restart. */
export function routeCause(wanted: Wanted, world: UnitWorld): Cause | null {
  const route = routeOf(wanted, world);
  if (route !== null && wanted.route !== null) {
    const { view, isChanged } = route;
    const { adopt } = wanted.route;
    const put = putRoute(route.proxy, view, { traffic: trafficOf(wanted, route), adopt, isChanged });
    const name = view.wish.domains[0] ?? view.wish.key;
    if (put !== null && view.id === null) return { type: 'change', text: `route ${name} is new` };
    if (put !== null && isChanged) return { type: 'change', text: `route ${name} changed` };
    if (put !== null) return { type: 'drift', text: driftWords(view) };
  }
  const gone = world.proxy?.away === null ? world.proxy.surplus[0] : undefined;
  if (gone === undefined) return null;
  return { type: 'cleanup', text: `route ${gone.domains[0] ?? gone.key} is no longer named` };
}

/** A hand edit that is left as it is, and told; null where there is none, or it is undone. */
export function routeEdit(wanted: Wanted, world: UnitWorld): Problem | null {
  const route = routeOf(wanted, world);
  if (route === null || wanted.route === null || wanted.state === 'stopped') return null;
  const { proxy, view, isChanged } = route;
  const facts = { traffic: trafficOf(wanted, route), adopt: wanted.route.adopt, isChanged };
  if (view.drift.length === 0 || putRoute(proxy, view, facts) !== null) return null;
  return changedByHand(view, world.desired);
}

/** What keeps the route from being as named while everything else may go on; null where nothing does. */
export function routeTrouble(wanted: Wanted, { proxy, desired }: UnitWorld): Problem | null {
  const view = proxy?.routes[0];
  if (proxy === null || view === undefined || wanted.state === 'stopped') return null;
  if (proxy.away !== null) return { ...proxy.away, workload: wanted.unit };
  const place = {
    workload: wanted.unit,
    source: desired.source,
    file: desired.place.file,
    line: desired.place.line,
  };
  if (wanted.spec.networkMode !== null)
    return problem({
      ...place,
      reason: 'ProxyCannotReach',
      message: `${wanted.unit} is not routed: the proxy reaches no container with network_mode ${wanted.spec.networkMode}`,
      hint: 'take `network_mode` out, or write a manifest of kind proxy that leads to its address',
    });
  if (wanted.route === null)
    return problem({
      ...place,
      reason: 'RoutePortMissing',
      message: `${wanted.unit} is not routed: nothing says which port of its containers`,
      hint: 'add `port:` with the port of the container',
    });
  return routeObstacle(wanted.unit, view, { adopt: wanted.route.adopt });
}

/** Asked as a client asks, the proxy says that nobody is there, although the containers may be well. */
export function unserved(wanted: Wanted, { proxy, probes }: UnitWorld): Problem | null {
  const view = proxy?.routes[0];
  const verdict = view === undefined ? undefined : probes.get(targetVerdict(view.wish.key));
  if (verdict === undefined || verdict.ok || wanted.state === 'stopped') return null;
  return problem({
    reason: 'ProxyCannotReach',
    message: `${verdict.detail}: the proxy does not reach ${wanted.unit}`,
    effect: 'Clients are not served.',
    hint: '`tinyforge doctor` shows how the proxy reaches containers, and what is missing.',
    next: 'Asked again in a few seconds.',
    workload: wanted.unit,
  });
}

/**
 * Another generation gets the requests by a route of ours that cannot be changed now: the proxy is away, or does not take
 * what is wished. Whoever serves goes on serving until it can.
 */
export function switchTrouble(wanted: Wanted, world: UnitWorld): { problem: Problem; wait: boolean } | null {
  const view = world.proxy?.routes[0];
  if (world.proxy === null || view === undefined) return null;
  if (world.proxy.away === null && (view.id === null || wanted.replicas === 0)) return null;
  const problem = routeTrouble(wanted, world);
  return problem === null ? null : { problem, wait: world.proxy.away !== null };
}
