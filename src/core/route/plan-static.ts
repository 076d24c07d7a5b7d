// Plans a route whose traffic is known beforehand: made, changed, put right or taken away, with nothing to start first.
import type { Action } from '../../model/action.ts';
import type { DesiredCommon } from '../../model/desired.ts';
import type { Cause, UnitPlan } from '../../model/plan.ts';
import type { Problem } from '../../model/problem.ts';
import type { Traffic } from '../../model/route.ts';
import type { RoutesWorld, RouteView } from '../../model/world.ts';
import { canonicalJson } from '../canonical.ts';
import { problem } from '../problem.ts';
import { adoptedId, changedByHand, editWords } from './steps.ts';

export interface StaticWish {
  desired: DesiredCommon;
  proxy: RoutesWorld;
  /** Who gets the requests of this route; null where it forwards nowhere. */
  traffic: Traffic | null;
  /** False where the manifest is as it was when it last converged: then what differs was changed by hand. */
  isChanged: boolean;
}

export type StaticPlan = Pick<UnitPlan, 'actions' | 'blocked' | 'notices' | 'cause'>;

export function planStatic(wish: StaticWish): StaticPlan {
  const { desired, proxy } = wish;
  if (proxy.away !== null)
    return { ...NOTHING, blocked: { problem: { ...proxy.away, workload: desired.unit }, wait: true } };
  const surplus = [...proxy.surplus].sort((a, b) => (a.id < b.id ? -1 : 1));
  // First, for two routes cannot have one name: what was a redirect and becomes a host is two routes.
  const removals = surplus.map(
    ({ id, key, domains }): Action => ({
      unit: desired.unit,
      host: desired.host,
      phase: 'clean',
      cause: removed(desired).text,
      type: 'removeRoute',
      id,
      key,
      domains,
    }),
  );
  const plan = proxy.routes.reduce((done, view) => withRoute(done, { view, wish }), {
    ...NOTHING,
    actions: removals,
  });
  return { ...plan, cause: plan.cause ?? (removals.length > 0 ? removed(desired) : null) };
}

const NOTHING: StaticPlan = { actions: [], blocked: null, notices: [], cause: null };

function withRoute(plan: StaticPlan, { view, wish }: { view: RouteView; wish: StaticWish }): StaticPlan {
  const { desired, proxy, traffic, isChanged } = wish;
  const obstacle = obstacleOf(view, desired);
  if (obstacle !== null) return { ...plan, blocked: { problem: obstacle, wait: false } };
  const cause = causeOf(view, wish);
  if (cause === null) return plan;
  if (cause.type === 'drift' && proxy.drift === 'report' && !isChanged)
    return { ...plan, notices: [...plan.notices, changedByHand(view, desired)] };
  const action: Action = {
    unit: desired.unit,
    host: desired.host,
    phase: 'switch',
    cause: cause.text,
    type: 'putRoute',
    key: view.wish.key,
    wish: view.wish,
    traffic,
    adopt: adoptedId(view, { adopt: true }),
  };
  return { ...plan, cause, actions: [...plan.actions, action] };
}

/** Null where the route is as wished. */
function causeOf(view: RouteView, { traffic, isChanged }: StaticWish): Cause | null {
  const { id, drift } = view;
  if (id === null) return { type: 'create', text: view.conflict === null ? 'new route' : 'taken over' };
  const leads = canonicalJson(view.traffic) === canonicalJson(traffic);
  if (leads && drift.length === 0 && view.writtenAs === undefined) return null;
  return { type: isChanged ? 'change' : 'drift', text: editWords(view) };
}

/** Why the route cannot be had; null where it can. Nobody else's is taken unless that was asked for. */
function obstacleOf({ wish, id, conflict, refused }: RouteView, desired: DesiredCommon): Problem | null {
  const at = { workload: desired.unit, source: desired.source };
  const { file, line, column } = desired.place;
  const name = wish.domains[0] ?? wish.key;
  if (refused !== null)
    return problem({
      reason: 'RouteRefused',
      message: `${name} cannot be routed: ${refused}`,
      effect: 'Its route stays as it is.',
      hint: 'change what is named, or leave it out',
      ...at,
      file,
      line,
      column,
    });
  if (conflict === null || id !== null || desired.adopt) return null;
  return problem({
    reason: 'RouteConflict',
    message: `${conflict.domain} is already served by ${conflict.id} of the proxy, which is not ours`,
    effect: `${desired.unit} is not routed.`,
    hint: `add \`adopt: true\` to take it over, or delete ${conflict.id} there`,
    next: 'Looked at again in each pass.',
    ...at,
    file,
    line,
    column,
  });
}

function removed({ state }: DesiredCommon): Cause {
  if (state === 'stopped') return { type: 'change', text: 'stopped' };
  return { type: 'cleanup', text: 'a route that is not wanted any more' };
}
