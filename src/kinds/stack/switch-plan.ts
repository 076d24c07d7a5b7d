// Switches a routed service: its new containers beside the old ones, proven through the proxy, then the old ones taken away.

import { composeName, numbersAfter, numbersAtScale } from '../../core/compose-numbers.ts';
import { isUp } from '../../core/generation/slots.ts';
import { putRoute } from '../../core/route/steps.ts';
import { sameTraffic } from '../../core/route/traffic.ts';
import type { Action, Phase } from '../../model/action.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { StackModel } from '../../model/resolved.ts';
import type { Traffic } from '../../model/route.ts';
import { remove, stop } from './act.ts';
import type { Context } from './context.ts';
import { farewell, leaveAlias, type Member } from './farewell.ts';
import { generationAlias, routeOf, type ServiceRoute, targetsOf } from './routed.ts';
import { isDown, type ServiceView } from './service-state.ts';
import type { Switch } from './survey.ts';

/**
 * Compose makes the new ones by `--no-recreate --scale`, and never runs again for this service until the engine has
 * removed the old ones: a plain `up` would remove the new ones (seen on 2.26). A crash anywhere leaves what is planned on
 * from here.
 */
export function switchService(
  context: Context,
  { one, isTakingOver }: { one: Switch; isTakingOver: boolean },
): Action[] {
  const { world, model, found, act } = context;
  const { view, generations } = one;
  const { name, service } = view;
  const route = routeOf(world, view);
  const members = membersOf(one, model);
  const { missing, news, olds } = generations;
  const up: Action[] =
    missing === 0
      ? []
      : [
          act('prove', {
            type: 'composeUp',
            project: model.project,
            ...(found.good
              ? { model: 'good' as const, generation: found.hash }
              : { model: 'desired' as const }),
            services: { [name]: service.specHash },
            scale: { [name]: olds.length + missing },
          }),
        ];
  const left = leaveAlias(context, { one, route, members });
  return [
    ...up,
    ...news
      .filter((container) => isDown(service, container, model))
      .map((container) => act('prove', { type: 'startContainer', container: container.id })),
    ...gate(context, { ...one, isTakingOver }),
    ...(route === null ? [] : connect(context, { view, route, members, phase: 'prove' })),
    ...(route === null ? [] : prove(context, { view, route, members })),
    ...left.actions,
    ...(left.route === null ? [] : put(context, { view, route: left.route, members, isMoved: false })),
    ...(left.route === null ? [] : farewell(context, { route: left.route, members, olds: left.olds })),
    ...left.olds.flatMap((container) => [
      ...(isUp(container) ? [stop(act, 'clean', { container, services: found.services })] : []),
      remove(act, 'clean', container),
    ]),
  ];
}

/**
 * A routed service that is not switched: made by Compose if need be, on the proxy's network, and its route as named. Where
 * it takes over from what a kind before made, it is asked through the proxy first.
 */
export function routeService(
  context: Context,
  { view, isTakingOver }: { view: ServiceView; isTakingOver: boolean },
): Action[] {
  const routed = routedMembers(context, view);
  if (routed === null) return [];
  const { route, members } = routed;
  const isMade = isMadeAnew(view);
  return [
    ...connect(context, { view, route, members, phase: 'switch' }),
    ...(isTakingOver ? prove(context, { view, route, members }) : []),
    ...put(context, {
      view,
      route,
      members,
      isMoved: isMade && route.isPortLoose && leadsToOne(route, view),
    }),
  ];
}

/** Null where the service is not routed, or another generation of it serves. */
function routedMembers(
  { world, model }: Context,
  view: ServiceView,
): { route: ServiceRoute; members: readonly Member[] } | null {
  const route = view.state === 'frozen' || view.state === 'switched' ? null : routeOf(world, view);
  if (route === null) return null;
  return { route, members: isMadeAnew(view) ? madeAnew(view, model) : view.containers.map(memberOf) };
}

/** Whoever of it is there in the end, switched or not; null where it is not routed. */
export function heirsOf(
  context: Context,
  view: ServiceView,
): { route: ServiceRoute; members: readonly Member[] } | null {
  const one = context.found.switches.find((entry) => entry.view === view);
  if (one === undefined) return routedMembers(context, view);
  const route = routeOf(context.world, view);
  return route === null ? null : { route, members: membersOf(one, context.model) };
}

function isMadeAnew({ state }: ServiceView): boolean {
  return state === 'changed' || state === 'missing';
}

/** To a container that is made anew, and then has another port of the host. */
function leadsToOne({ view: { traffic } }: ServiceRoute, { containers }: ServiceView): boolean {
  return traffic?.main.some(({ host }) => containers.some(({ name }) => name === host)) ?? false;
}

/** Where the route leads, or will lead. */
export function trafficOf(
  model: StackModel,
  given: { view: ServiceView; route: ServiceRoute; members: readonly Member[] },
): Traffic {
  const { view, route, members } = given;
  const { specHash } = view.service;
  const containers = members.map((member) => member.name);
  const main = targetsOf(route, { project: model.project, name: view.name, specHash, containers });
  return { main, canary: null };
}

export function membersOf({ view, generations }: Switch, { project }: StackModel): Member[] {
  const { news, missing, strays } = generations;
  const staying = view.containers.filter((container) => !strays.includes(container));
  const made = numbersAfter(staying.map(numberOf), missing).map((number) => ({
    name: composeName({ project, service: view.name, containerName: null }, number),
    container: null,
  }));
  return [...news.map(memberOf), ...made];
}

export function madeAnew({ name, service, containers }: ServiceView, { project }: StackModel): Member[] {
  return numbersAtScale(containers.map(numberOf), service.scale).map((number) => ({
    name: composeName({ project, service: name, containerName: service.containerName }, number),
    container: null,
  }));
}

function gate(
  { model, act }: Context,
  { view, generations, isTakingOver }: Switch & { isTakingOver: boolean },
): Action[] {
  const { name, service, wellness, pending } = view;
  const proven = model.good?.services[name]?.specHash === service.specHash;
  const isDue =
    generations.missing > 0 ||
    pending ||
    (wellness !== 'healthy' && !proven) ||
    // It serves instead of what is there once it is well, however good it was before.
    (isTakingOver && wellness === 'unhealthy');
  if (!isDue) return [];
  const services = { [name]: service.specHash };
  // One too many that was killed is no fault of those that stay.
  const spares = generations.olds
    .filter((entry) => entry.ours?.specHash === service.specHash && !isUp(entry))
    .map(({ id }) => id);
  return [
    act('prove', {
      type: 'awaitServices',
      project: model.project,
      services,
      jobs: [],
      toTheEnd: [],
      ...(spares.length === 0 ? {} : { spares }),
    }),
  ];
}

function connect(
  { model, act }: Context,
  given: { view: ServiceView; route: ServiceRoute; members: readonly Member[]; phase: Phase },
): Action[] {
  const { view, route, members, phase } = given;
  const network = route.join;
  if (network === null) return [];
  const { specHash } = view.service;
  const alias = generationAlias({ project: model.project, name: view.name, specHash });
  return members
    .filter(({ container }) => {
      const endpoint = container?.networks[network];
      return endpoint === undefined || endpoint.aliases?.includes(alias) === false;
    })
    .map(({ name: container }) =>
      act(phase, { type: 'connectNetwork', container, network, aliases: [alias] }),
    );
}

/** Each container by itself: one that the proxy cannot reach would fail one request in N. What is rolled back to is trusted. */
function prove(
  { world, model, act }: Context,
  given: { view: ServiceView; route: ServiceRoute; members: readonly Member[] },
): Action[] {
  const { view, route, members } = given;
  const { traffic, id, wish } = route.view;
  // A route that is not there yet, or that others made, has no door of ours to ask through.
  if (world.pin !== null || id === null || traffic === null) return [];
  if (leadsThere(traffic, trafficOf(model, given), given)) return [];
  return members
    .filter(({ container }) => container === null || !world.memory.has(`routed:${container.id}`))
    .map(({ name }) =>
      act('prove', {
        type: 'proveRoute',
        key: wish.key,
        wish,
        target: { scheme: route.scheme, host: name, port: route.port },
        container: name,
        path: null,
        version: releaseOf(view),
      }),
    );
}

/** By their shared name or by their own. */
function leadsThere(
  traffic: Traffic,
  wanted: Traffic,
  { route: { scheme, port }, members }: { route: ServiceRoute; members: readonly Member[] },
): boolean {
  const main = members.map(({ name: host }) => ({ scheme, host, port }));
  return sameTraffic(traffic, wanted) || sameTraffic(traffic, { main, canary: null });
}

function put(
  { model, act }: Context,
  given: { view: ServiceView; route: ServiceRoute; members: readonly Member[]; isMoved: boolean },
): Action[] {
  const { proxy, view, adopt, isChanged } = given.route;
  const now = given.isMoved ? { ...view, traffic: null } : view;
  const action = putRoute(proxy, now, { traffic: trafficOf(model, given), adopt, isChanged });
  return action === null ? [] : [act('switch', action)];
}

function memberOf(container: ObservedContainer): Member {
  return { name: container.name, container };
}

function numberOf({ compose }: ObservedContainer): number {
  return compose?.number ?? 0;
}

function releaseOf({ service }: ServiceView): string {
  const tag = service.image
    .slice(service.image.lastIndexOf('/') + 1)
    .split('@')[0]
    ?.split(':')[1];
  return tag ?? service.image;
}
