// A replica that is one too many leaves the name that it shares before it is stopped.
import type { Action } from '../../model/action.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import { trafficToStaying } from '../route/staying.ts';
import { asWritten, putRoute } from '../route/steps.ts';
import { farewell } from './farewell.ts';
import { aliasTarget, eachByName, type GenerationRoute } from './routing.ts';
import { isUp } from './slots.ts';
import { act, type Rollout, stop, stopped } from './steps.ts';
import { generationAlias, type Wanted } from './wanted.ts';

export interface Left {
  actions: Action[];
  /** As both are after them. */
  rollout: Rollout;
  route: GenerationRoute | null;
}

/** Nothing where each container has its share by its own name: then the switch alone takes it from those that leave. */
export function leaveAlias(rollout: Rollout, route: GenerationRoute | null): Left {
  const { wanted, slots } = rollout;
  const leaving = slots.extras.filter((container) => isUp(container) && answers(container, wanted));
  if (route === null || aliasTarget(wanted, route) === null || leaving.length === 0)
    return { actions: [], rollout, route };
  const { proxy, view, isChanged } = route;
  const others = [generationAlias(wanted), ...leaving.map(({ name }) => name)];
  const traffic =
    view.id === null ? null : trafficToStaying(view.traffic, { staying: eachByName(wanted, route), others });
  const put = traffic === null ? null : putRoute(proxy, view, { traffic, adopt: false, isChanged });
  const extras = slots.extras.map((extra) => (leaving.includes(extra) ? stopped(extra) : extra));
  return {
    actions: [
      ...(put === null ? [] : [act(wanted, 'switch', put)]),
      ...(traffic === null ? [] : farewell(rollout, leaving)),
      ...leaving.map((container) => stop(wanted, 'drain', container)),
    ],
    rollout: { ...rollout, slots: { ...slots, extras } },
    route: put === null ? route : { ...route, view: asWritten(view, traffic) },
  };
}

/** What a list does not tell counts as yes. */
function answers({ networks }: ObservedContainer, wanted: Wanted): boolean {
  const endpoint = networks[wanted.route?.network ?? ''];
  return endpoint !== undefined && endpoint.aliases?.includes(generationAlias(wanted)) !== false;
}
