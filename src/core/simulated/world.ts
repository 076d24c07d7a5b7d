// A world with one part of it changed; the given one stays as it is.
import type { ObservedContainer } from '../../model/observed.ts';
import type { Answer, StackModel } from '../../model/resolved.ts';
import type { RoutesWorld, RouteView, UnitWorld } from '../../model/world.ts';

export function change(world: UnitWorld, container: string, facts: Partial<ObservedContainer>): UnitWorld {
  return edit(world, container, (entry) => ({ ...entry, ...facts }));
}

export function edit(
  world: UnitWorld,
  container: string,
  work: (entry: ObservedContainer) => ObservedContainer,
): UnitWorld {
  return withContainers(
    world,
    world.host.containers.map((entry) => (is(entry, container) ? work(entry) : entry)),
  );
}

export function withContainers(world: UnitWorld, containers: ObservedContainer[]): UnitWorld {
  const { unit } = world.desired;
  return { ...onHost(world, { containers }), mine: containers.filter((entry) => entry.ours?.unit === unit) };
}

export function onHost(world: UnitWorld, part: Partial<UnitWorld['host']>): UnitWorld {
  return { ...world, host: { ...world.host, ...part } };
}

export function onModel(world: UnitWorld, work: (model: StackModel) => StackModel): UnitWorld {
  const key = `stack:desired:${world.desired.unit}`;
  const answer = world.answers.get(key);
  return answer?.ok && answer.type === 'stack'
    ? answered(world, key, { ...answer, model: work(answer.model) })
    : world;
}

export function answered(world: UnitWorld, key: string, answer: Answer): UnitWorld {
  return { ...world, answers: new Map(world.answers).set(key, answer) };
}

export function onProxy(world: UnitWorld, work: (proxy: RoutesWorld) => RoutesWorld): UnitWorld {
  return world.proxy === null ? world : { ...world, proxy: work(world.proxy) };
}

export function onRoutes(world: UnitWorld, work: (route: RouteView) => RouteView): UnitWorld {
  return onProxy(world, (proxy) => ({ ...proxy, routes: proxy.routes.map(work) }));
}

export function remember(world: UnitWorld, fact: string): UnitWorld {
  return { ...world, memory: new Set(world.memory).add(fact) };
}

export function forget(world: UnitWorld, id: string): UnitWorld {
  const probes = new Map([...world.probes].filter(([probed]) => probed !== id));
  return { ...world, probes, memory: new Set([...world.memory].filter((fact) => !fact.endsWith(`:${id}`))) };
}

export function idOf(world: UnitWorld, container: string): string {
  return world.host.containers.find((entry) => is(entry, container))?.id ?? container;
}

export function is(entry: ObservedContainer, container: string): boolean {
  return entry.id === container || entry.name === container;
}
