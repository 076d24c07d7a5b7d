// The steps of a roll-out that concern the proxy: prove through it, send shares, switch, and put hand edits right.
import type { Action } from '../../model/action.ts';
import type { Problem } from '../../model/problem.ts';
import type { Traffic } from '../../model/route.ts';
import type { RoutesWorld, RouteView } from '../../model/world.ts';
import { problem } from '../problem.ts';
import { sameTraffic } from './traffic.ts';

type Bare<T> = T extends Action ? Omit<T, 'unit' | 'host' | 'phase' | 'cause'> : never;
type RouteAction = Bare<Extract<Action, { type: 'putRoute' | 'removeRoute' }>>;

/** Null where it is as wished: then nothing is written, for each write reloads the proxy for everybody. */
export function putRoute(
  { drift: policy }: Pick<RoutesWorld, 'drift'>,
  view: RouteView,
  facts: { traffic: Traffic | null; adopt: boolean; isChanged: boolean },
): RouteAction | null {
  const { wish, id, drift, conflict } = view;
  const isRight = id !== null && sameTraffic(view.traffic, facts.traffic);
  if (isRight && (drift.length === 0 || (policy === 'report' && !facts.isChanged))) return null;
  return {
    type: 'putRoute',
    key: wish.key,
    wish,
    traffic: facts.traffic,
    adopt: id === null && facts.adopt ? (conflict?.id ?? null) : null,
  };
}

/** Routes of ours that nobody wants any more. */
export function removeSurplus({ surplus, away }: RoutesWorld): RouteAction[] {
  if (away !== null) return [];
  return [...surplus]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, key, domains }) => ({ type: 'removeRoute', id, key, domains }));
}

/** Why this route cannot be made, though everything else may go on; null where it can. */
export function routeObstacle(
  unit: string,
  { wish, id, conflict, refused }: RouteView,
  { adopt }: { adopt: boolean },
): Problem | null {
  if (refused !== null)
    return problem({
      reason: 'RouteRefused',
      message: `${wish.domains[0] ?? wish.key} cannot be routed: ${refused}`,
      effect: 'Its route stays as it is.',
      hint: 'change what is named, or leave it out',
      workload: unit,
    });
  if (conflict === null || id !== null || adopt) return null;
  return problem({
    reason: 'RouteConflict',
    message: `${conflict.domain} is already served by ${idWords(conflict.id)} of the proxy, which is not ours`,
    effect: `${unit} is not routed.`,
    hint: `add \`adopt: true\` under ${unit.split('/')[0]} to take it over, or delete ${idWords(conflict.id)}`,
    next: 'Looked at again in each pass.',
    workload: unit,
  });
}

/** `proxy-host/14` as people say it. */
function idWords(id: string): string {
  return id.replaceAll('-', ' ').replace('/', ' ');
}

/** In words: `forward_port is 8081 instead of 8080`. */
export function driftWords({ wish, drift }: RouteView): string {
  const first = drift[0];
  const name = wish.domains[0] ?? wish.key;
  if (first === undefined) return `the route ${name} leads elsewhere`;
  const more = drift.length > 1 ? ` and ${drift.length - 1} more` : '';
  return `the route ${name} was changed by hand: ${first.field} is ${first.is} instead of ${first.shall}${more}`;
}
