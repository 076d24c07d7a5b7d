// Plans a stack: Compose is given the list of services that changed, and nothing else.

import { BUILD_LIMITS } from '../../core/build/limits.ts';
import { isUp } from '../../core/generation/slots.ts';
import { removeSurplus } from '../../core/route/steps.ts';
import type { Action } from '../../model/action.ts';
import type { DesiredStack } from '../../model/desired.ts';
import { BUILT_LABEL } from '../../model/labels.ts';
import type { UnitPlan } from '../../model/plan.ts';
import type { StackModel } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import { type Act, actFor, remove, stop } from './act.ts';
import { asAdopted } from './adopt.ts';
import type { Context } from './context.ts';
import { aliasesOn } from './cut-off.ts';
import { causeOf, downtimeOf, healthOf, runsOf, wantsOf } from './describe.ts';
import { type Former, formerGap, formerOf } from './former.ts';
import { type Layer, layersOf } from './layers.ts';
import { cleanUp, leaveTaking, makeRoom } from './leaving.ts';
import { adoptingNotices, adoptionNotice, obstacles } from './obstacles.ts';
import { routesCause, routesEdits, routesTrouble } from './route-words.ts';
import { isDown, type ServiceView } from './service-state.ts';
import { type Survey, survey } from './survey.ts';
import { routeService, switchService } from './switch-plan.ts';

type World = UnitWorld<DesiredStack>;

export function planStack(world: World, model: StackModel): UnitPlan {
  const { desired } = world;
  const found = survey(world, model);
  const stopped = desired.state === 'stopped';
  const former = formerOf(world, model, found);
  const cause = causeOf(found, model, stopped) ?? (stopped ? null : routesCause(world, model, found));
  const act = actFor(desired, cause?.text ?? '');
  const actions = [
    ...adopt(found, model, act),
    ...(stopped ? standStill(found, act) : converge({ world, model, found, act }, former)),
    ...(world.proxy === null ? [] : removeSurplus(world.proxy).map((action) => act('clean', action))),
  ];
  const isMaking =
    found.wrong.length > 0 || found.switches.some(({ generations }) => generations.missing > 0);
  const inTheWay = !stopped && isMaking ? obstacles(world, model, found) : null;
  const untold = stopped ? [] : routesTrouble(world, found);
  const isFrozen = former.isStuck || found.views.some(({ state }) => state === 'frozen');
  const unswitchable = isFrozen ? (untold[0] ?? null) : null;
  const problem = inTheWay ?? unswitchable ?? (actions.length === 0 ? (untold[0] ?? null) : null);
  return {
    unit: desired.unit,
    kind: 'stack',
    host: desired.host,
    cause: actions.length === 0 ? null : cause,
    strategy: stopped || former.isStuck ? null : strategyOf(found, former),
    downtime:
      stopped || former.isStuck
        ? null
        : (downtimeOf(found.wrong, routedServices(world)) ?? formerGap(former)),
    actions,
    blocked: problem === null ? null : { problem, wait: false },
    notices: [
      ...model.notices,
      ...adoptionNotice(world, model, found),
      ...adoptingNotices(world, model, found),
      ...untold.filter((entry) => entry !== problem),
      ...(stopped ? [] : routesEdits(world, model, found)),
    ],
    runs: runsOf(found.standing, found.services),
    wants: wantsOf(found.services),
    generation: { specHash: found.hash, digest: '' },
    health: stopped ? { status: 'none', ready: 0, total: 0, detail: null } : healthOf(found.views),
    onFailure:
      !isMaking || model.good === null || found.good
        ? null
        : found.wrong.length > 0
          ? 'bring the last good files up again, quarantine the new ones'
          : 'take the new containers away, keep the old ones, quarantine the new files',
  };
}

function strategyOf({ wrong, switches }: Survey, { staying, inTheWay }: Former): UnitPlan['strategy'] {
  const isTakingOver =
    staying.length > 0 && inTheWay.length === 0 && !wrong.some(({ containers }) => containers.some(isUp));
  if (wrong.length > 0 && !isTakingOver) return 'compose';
  const isSwitched = switches.some(({ generations }) => generations.olds.some(isUp));
  return isSwitched || isTakingOver ? 'blue-green' : null;
}

/** All that runs as declared, at once and before anything else: what it costs is a small file. */
function adopt({ adopting }: Survey, { project }: StackModel, act: Act): Action[] {
  if (adopting.length === 0) return [];
  const containers = adopting
    .map(({ container, service }) => asAdopted(container, service))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [act('prepare', { type: 'adoptContainers', project, containers })];
}

function converge(context: Context, former: Former): Action[] {
  const { world, model, found, act } = context;
  if (former.isStuck) return [];
  const isTakingOver = former.staying.length > 0;
  return [
    ...found.leftovers.map((container) => remove(act, 'prepare', container)),
    ...found.strays.flatMap((container) => [
      ...(isUp(container) ? [stop(act, 'prepare', { container, services: found.services })] : []),
      remove(act, 'prepare', container),
    ]),
    ...missingImages(world, found).map((image) => bring(image, world, { found, act })),
    ...(found.good || model.pendingFiles === null
      ? []
      : [act('prepare', { type: 'materialiseStack', files: model.pendingFiles })]),
    ...makeRoom(context, former),
    ...found.views.filter(({ state }) => state !== 'stopped').flatMap((view) => connect(view, model, act)),
    ...layersOf(found, (view) => needsGate(view, { model, former })).flatMap((layer) =>
      workThrough(layer, { found, model, act }),
    ),
    ...found.views.flatMap((view) => routeService(context, { view, isTakingOver })),
    ...found.switches.flatMap((one) => switchService(context, { one, isTakingOver })),
    ...leaveTaking(context, former),
    ...cleanUp(context, former),
  ];
}

function workThrough(
  { ups, started, gated }: Layer,
  { found, model, act }: { found: Survey; model: StackModel; act: Act },
): Action[] {
  const { project } = model;
  const which = found.good
    ? { model: 'good' as const, generation: found.hash }
    : { model: 'desired' as const };
  return [
    ...ups.map(({ views, isForced }) =>
      act('switch', {
        type: 'composeUp',
        project,
        ...which,
        services: hashes(views),
        ...(isForced ? { recreate: true } : {}),
      }),
    ),
    ...started.flatMap((view) => connect(view, model, act)),
    ...started
      .flatMap((view) => view.containers.filter((container) => isDown(view.service, container, model)))
      .map((container) => act('switch', { type: 'startContainer', container: container.id })),
    ...(gated.length === 0 ? [] : [waitFor(gated, { project, act })]),
  ];
}

function waitFor(views: readonly ServiceView[], { project, act }: { project: string; act: Act }): Action {
  return act('switch', {
    type: 'awaitServices',
    project,
    services: hashes(views),
    jobs: views.filter(({ service }) => service.oneShot).map(({ name }) => name),
    toTheEnd: views.filter(({ endsFirst }) => endsFirst).map(({ name }) => name),
  });
}

function connect(view: ServiceView, { project }: StackModel, act: Act): Action[] {
  return view.off.map(({ container, network }) => {
    const aliases = aliasesOn(network, container, { ...view, project });
    return act('switch', { type: 'connectNetwork', container: container.id, network, aliases });
  });
}

/** Who needs others is stopped before them. */
function standStill(found: Survey, act: Act): Action[] {
  const ordered = [...found.surplus, ...found.views.toReversed().flatMap((view) => view.containers)];
  return ordered
    .filter(isUp)
    .map((container) => stop(act, 'switch', { container, services: found.services }));
}

/** Images that Compose would have to pull in the middle of its work: they come before, while all still runs. */
export function missingImages(world: World, found: Survey): string[] {
  return imagesOf(found).filter((image) => {
    const answer = world.answers.get(`image:${world.desired.host}:${image}`);
    return answer?.ok === true && answer.type === 'image' && answer.image === null;
  });
}

/** Asked for where it comes from: nobody else has what is built here. */
function bring(
  image: string,
  { desired, controller }: World,
  { found, act }: { found: Survey; act: Act },
): Action {
  const build = Object.values(found.services).find((service) => service.image === image)?.build;
  if (build === undefined) return act('prepare', { type: 'pullImage', image });
  return act('prepare', {
    type: 'buildImage',
    image,
    build,
    limits: desired.services[build.service]?.build ?? BUILD_LIMITS,
    labels: { [BUILT_LABEL.by]: controller, [BUILT_LABEL.unit]: desired.unit },
  });
}

export function imagesOf({ wrong, switches }: Pick<Survey, 'wrong' | 'switches'>): string[] {
  const made = switches.filter(({ generations }) => generations.missing > 0).map(({ view }) => view);
  const needed = [...wrong, ...made].filter((view) => view.service.scale > 0);
  return [...new Set(needed.map((view) => view.service.image))];
}

/** What was good before and is ill now is told, not asked again: it must not spoil the change of another service. */
function needsGate(view: ServiceView, { model, former }: { model: StackModel; former: Former }): boolean {
  if (view.service.scale === 0 || view.state === 'switched' || view.state === 'frozen') return false;
  if (view.state === 'changed' || view.state === 'missing' || view.pending) return true;
  // It serves instead of what is there once it is well.
  if (view.wellness === 'unhealthy' && former.staying.length > 0) return true;
  // Ill when it was taken over, it is no fault of ours, and nothing to wait for.
  if (view.containers.every((container) => container.ours?.adopted)) return false;
  const proven = model.good?.services[view.name]?.specHash === view.service.specHash;
  return view.wellness === 'unhealthy' && !proven;
}

function routedServices({ desired, proxy }: World): ReadonlySet<string> {
  const named = Object.entries(desired.services).filter(([, { route }]) => route !== null && proxy !== null);
  return new Set(named.map(([name]) => name));
}

function hashes(views: readonly ServiceView[]): Record<string, string> {
  return Object.fromEntries(views.map((view) => [view.name, view.service.specHash]));
}
