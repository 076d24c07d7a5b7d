// What a stack should be and what stands there, side by side, before anything is decided.
import { byAge, isUp } from '../../core/generation/slots.ts';
import type { DesiredStack } from '../../model/desired.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { StackModel, StackService } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import { type Adopting, findContainers } from './adopt.ts';
import { type Generations, generationsOf } from './generations.ts';
import { inOrder } from './order.ts';
import { isFrozen } from './routed.ts';
import { type ServiceView, viewService } from './service-state.ts';

export interface Survey {
  /** The last good generation instead of the one that the files ask for now. */
  good: boolean;
  hash: string;
  services: Readonly<Record<string, StackService>>;
  /** What others depend on comes first. */
  views: ServiceView[];
  /** Services for Compose to make. */
  wrong: ServiceView[];
  /** Routed services of which another generation serves while the wanted one is made and proven. */
  switches: Switch[];
  /** Of routed services: nobody is sent to them, and no `up` may run while they are there. */
  strays: ObservedContainer[];
  /**
   * Made and never started, by an `up` that was cut short: in the way by name, and without the configs and secrets that
   * Compose copies only while it makes a container (seen on 2.26: not even a second `up` does).
   */
  leftovers: ObservedContainer[];
  /** Of services that the files no longer name, of the project it was called before, or of another kind. */
  surplus: ObservedContainer[];
  standing: ObservedContainer[];
  /** To be taken over as they run; `standing` has them with our mark already. */
  adopting: Adopting[];
  /** Of the project and of no service that is declared; left as they are. */
  left: ObservedContainer[];
}

export interface Switch {
  view: ServiceView;
  generations: Generations;
}

export function survey(world: UnitWorld<DesiredStack>, model: StackModel): Survey {
  const good = world.pin !== null;
  const services = good ? (model.good?.services ?? {}) : model.services;
  // A fixed order, so that the order of the engine's list decides nothing.
  const there = findContainers(world, model, services);
  const live = there.containers.filter((container) => container.compose?.oneOff !== true).sort(byAge);
  const leftovers = live.filter(({ compose, state }) => compose !== null && state === 'created');
  const standing = live.filter((container) => !leftovers.includes(container));
  const { own = [], surplus = [] } = Object.groupBy(standing, ({ compose }) =>
    compose !== null && compose.project === model.project && Object.hasOwn(services, compose.service)
      ? 'own'
      : 'surplus',
  );
  const byService = Map.groupBy(own, (container) => container.compose?.service ?? '');
  const needed = new Set(Object.values(services).flatMap(({ dependsOn }) => dependsOn));
  const known = { ...model, memory: world.memory, networks: world.host.networks, needed };
  const strays: ObservedContainer[] = [];
  const switches: Switch[] = [];
  const views = inOrder(services).map(([name, service]): ServiceView => {
    const containers = byService.get(name) ?? [];
    const named = { name, service };
    const generations = generationsOf(world, model, { ...named, own: containers });
    const others = containers.some((entry) => isUp(entry) && entry.ours?.specHash !== service.specHash);
    if ((others || (generations?.olds.length ?? 0) > 0) && isFrozen(world, named))
      return { ...viewService(name, service, containers, known), state: 'frozen', pending: false, off: [] };
    if (generations === null) return viewService(name, service, containers, known);
    strays.push(...generations.strays);
    const { news, olds } = generations;
    if (olds.length === 0) return viewService(name, service, news, known);
    const isMade = generations.missing === 0;
    const serving = isMade ? news : olds;
    const seen = viewService(name, { ...service, scale: serving.length }, serving, known);
    const view: ServiceView = { ...seen, service, containers, state: 'switched', cutOff: false };
    switches.push({ view, generations });
    return view;
  });
  return {
    good,
    hash: good ? (model.good?.hash ?? '') : model.hash,
    services,
    views,
    wrong: views.filter((view) => view.state === 'changed' || view.state === 'missing'),
    switches,
    strays,
    leftovers,
    surplus,
    standing,
    adopting: there.adopting,
    left: there.left,
  };
}
