// The steps of a roll-out that concern the proxy: prove through it, send shares, switch, and put hand edits right.
import type { Action } from '../../model/action.ts';
import type { DesiredCommon } from '../../model/desired.ts';
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
  const { wish, id, drift, writtenAs } = view;
  const isRight = id !== null && writtenAs === undefined && sameTraffic(view.traffic, facts.traffic);
  if (isRight && (drift.length === 0 || (policy === 'report' && !facts.isChanged))) return null;
  return {
    type: 'putRoute',
    key: wish.key,
    wish,
    traffic: facts.traffic,
    adopt: adoptedId(view, facts),
  };
}

/** Whose host is written over as ours: our own under a former name, or a stranger's that may be taken; null for neither. */
export function adoptedId(
  { id, conflict, writtenAs }: RouteView,
  { adopt }: { adopt: boolean },
): string | null {
  if (writtenAs !== undefined) return id;
  return id === null && adopt ? (conflict?.id ?? null) : null;
}

/** The route as it is once it was written with this traffic: under the name of today, and as wished. */
export function asWritten({ writtenAs: _was, ...view }: RouteView, traffic: Traffic | null): RouteView {
  return { ...view, traffic, drift: [] };
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

/** The field of a drift that says who gets the requests. */
export const UPSTREAM = 'upstream';

/** Told instead of undone, where the settings say so. Clients who are sent elsewhere are more than a field that differs. */
export function changedByHand(
  view: RouteView,
  { unit, source }: Pick<DesiredCommon, 'unit' | 'source'>,
): Problem {
  const text = editWords(view);
  const sent = view.drift.find(({ field }) => field === UPSTREAM);
  if (sent !== undefined)
    return problem({
      severity: 'warning',
      reason: 'RouteSentElsewhere',
      message: `${view.wish.domains[0] ?? view.wish.key} was sent to ${sent.is} by hand, instead of ${sent.shall}`,
      effect: 'Clients get what is there. It is left so: `proxy: { drift: report }`.',
      hint: 'send it back there, or write `drift: heal`; the next deploy takes it back too',
      workload: unit,
      source,
    });
  return problem({
    severity: 'info',
    reason: 'RouteDrift',
    message: `The route was changed by hand: ${text}`,
    effect: 'It is left so: `proxy: { drift: report }`.',
    workload: unit,
    source,
  });
}

/** In words: `forward_port is 8081 instead of 8080`. */
export function driftWords(view: RouteView): string {
  const { wish, drift } = view;
  if (drift.length > 0) return `the route was changed by hand: ${editWords(view)}`;
  return `the route ${wish.domains[0] ?? wish.key} leads elsewhere`;
}

/** `caching of shop.example.com is on instead of off and 1 more`. */
export function editWords({ wish, drift: [first, ...more] }: RouteView): string {
  if (first === undefined) return `${wish.domains[0] ?? wish.key} leads elsewhere`;
  const what = `${first.field} of ${wish.domains[0] ?? wish.key} is ${first.is} instead of ${first.shall}`;
  return more.length > 0 ? `${what} and ${more.length} more` : what;
}
