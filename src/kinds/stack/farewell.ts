// How containers of a routed service leave: nobody is sent to them, they get their time, and only then they are stopped.

import { isUp } from '../../core/generation/slots.ts';
import { farewellFact } from '../../core/route/facts.ts';
import { trafficToStaying } from '../../core/route/staying.ts';
import { asWritten, putRoute } from '../../core/route/steps.ts';
import type { Action } from '../../model/action.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import { stop } from './act.ts';
import type { Context } from './context.ts';
import { generationAlias, type ServiceRoute } from './routed.ts';
import type { Switch } from './survey.ts';

/** One of those that stay, and by what name it is known. */
export interface Member {
  name: string;
  container: ObservedContainer | null;
}

interface Leaving {
  route: ServiceRoute;
  members: readonly Member[];
  olds: readonly ObservedContainer[];
}

/**
 * Those of the wanted generation that are one too many share its name with those that stay. `route` and `olds` of the
 * answer are as they are after the actions.
 */
export function leaveAlias(
  context: Context,
  {
    one: { view, generations },
    route,
    members,
  }: { one: Switch; members: readonly Member[] } & {
    route: ServiceRoute | null;
  },
): { actions: Action[]; route: ServiceRoute | null; olds: readonly ObservedContainer[] } {
  const { model, found, act } = context;
  const { olds } = generations;
  const { specHash } = view.service;
  const leaving = olds.filter(
    (entry) =>
      isUp(entry) && entry.ours?.specHash === specHash && entry.networks[route?.join ?? ''] !== undefined,
  );
  if (route === null || route.join === null || leaving.length === 0) return { actions: [], route, olds };
  const { scheme, port, proxy, isChanged } = route;
  const alias = generationAlias({ project: model.project, name: view.name, specHash });
  const traffic =
    route.view.id === null
      ? null
      : trafficToStaying(route.view.traffic, {
          staying: members.map(({ name: host }) => ({ scheme, host, port })),
          others: [alias, ...leaving.map(({ name }) => name)],
        });
  const put = traffic === null ? null : putRoute(proxy, route.view, { traffic, adopt: false, isChanged });
  return {
    actions: [
      ...(put === null ? [] : [act('switch', put)]),
      ...(traffic === null ? [] : farewell(context, { route, members, olds: leaving })),
      ...leaving.map((container) => stop(act, 'drain', { container, services: found.services })),
    ],
    route: put === null ? route : { ...route, view: asWritten(route.view, traffic) },
    olds: olds.map((entry) => (leaving.includes(entry) ? { ...entry, state: 'exited' as const } : entry)),
  };
}

/** One drain for all that leave together and can be reached; none where they had it. */
export function farewell({ world, act }: Context, { route, members, olds }: Leaving): Action[] {
  const heir = members[0];
  if (heir === undefined || route.drainMs === 0) return [];
  const due = olds.filter(
    (entry) =>
      isUp(entry) &&
      (route.join === null || entry.networks[route.join] !== undefined) &&
      !(heir.container && world.memory.has(farewellFact(heir.container.id, entry.id))),
  );
  if (due.length === 0) return [];
  const leaving = due.map(({ id }) => id);
  return [act('drain', { type: 'drain', container: heir.name, leaving, ms: route.drainMs })];
}
