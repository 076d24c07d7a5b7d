// Why routes of a stack change while its containers are right, or cannot be made.
import { changedByHand, driftWords, putRoute } from '../../core/route/steps.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { Cause } from '../../model/plan.ts';
import type { Problem } from '../../model/problem.ts';
import type { StackModel } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import { routeOf, routeTrouble } from './routed.ts';
import type { ServiceView } from './service-state.ts';
import type { Survey } from './survey.ts';
import { trafficOf } from './switch-plan.ts';

/** The first route that is not as named: somebody named it, changed it by hand, or it leads elsewhere. */
export function routesCause(
  world: UnitWorld<DesiredStack>,
  model: StackModel,
  { views }: Survey,
): Cause | null {
  const first = views.map((view) => causeOf(world, model, view)).find((cause) => cause !== null);
  if (first !== undefined) return first;
  const gone = world.proxy?.away === null ? world.proxy.surplus[0] : undefined;
  if (gone === undefined) return null;
  return { type: 'cleanup', text: `route ${gone.domains[0] ?? gone.key} is no longer named` };
}

function causeOf(world: UnitWorld<DesiredStack>, model: StackModel, view: ServiceView): Cause | null {
  const route = view.state === 'frozen' ? null : routeOf(world, view);
  if (route === null) return null;
  const { proxy, adopt, isChanged } = route;
  const members = view.containers.map((container) => ({ name: container.name, container }));
  const traffic = trafficOf(model, { view, route, members });
  const put = putRoute(proxy, route.view, { traffic, adopt, isChanged });
  const name = route.view.wish.domains[0] ?? route.view.wish.key;
  if (put !== null && route.view.id === null) return { type: 'change', text: `route ${name} is new` };
  if (put !== null && isChanged) return { type: 'change', text: `route ${name} changed` };
  if (put !== null) return { type: 'drift', text: driftWords(route.view) };
  const { join } = route;
  const cut =
    join === null ? undefined : view.containers.find(({ networks }) => networks[join] === undefined);
  return cut === undefined ? null : { type: 'drift', text: `${cut.name} is not on network ${join}` };
}

/** Hand edits that are left as they are, and told; those that are undone are causes. */
export function routesEdits(world: UnitWorld<DesiredStack>, model: StackModel, { views }: Survey): Problem[] {
  return views.flatMap((view) => {
    const route = view.state === 'frozen' ? null : routeOf(world, view);
    if (route === null || route.view.id === null || route.view.drift.length === 0) return [];
    return causeOf(world, model, view) === null ? [changedByHand(route.view, world.desired)] : [];
  });
}

/** What keeps routes from being as named while everything else may go on. */
export function routesTrouble(world: UnitWorld<DesiredStack>, { views }: Survey): Problem[] {
  return views.flatMap((view) => routeTrouble(world, view) ?? []);
}
