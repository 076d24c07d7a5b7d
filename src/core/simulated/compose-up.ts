// What Compose makes of a simulated world: services anew, or more replicas beside those that are there.
import type { ActionOf } from '../../model/action.ts';
import { LABEL } from '../../model/labels.ts';
import type { ObservedContainer } from '../../model/observed.ts';
import type { StackModel } from '../../model/resolved.ts';
import type { UnitWorld } from '../../model/world.ts';
import { composeName, numbersAfter, numbersAtScale } from '../compose-numbers.ts';
import { blank } from './containers.ts';
import { endpoint, owner, simulated } from './networks.ts';
import { onHost, onRoutes, withContainers } from './world.ts';

type Services = StackModel['services'];

export function composeUp(world: UnitWorld, action: ActionOf<'composeUp'>): UnitWorld {
  const answer = world.answers.get(`stack:${action.model}:${action.unit}`);
  if (answer?.ok !== true || answer.type !== 'stack') return world;
  const services = action.model === 'good' ? (answer.model.good?.services ?? {}) : answer.model.services;
  const isListed = ({ compose }: ObservedContainer): boolean =>
    compose !== null && compose.project === action.project && compose.service in action.services;
  const isBeside = ({ compose }: ObservedContainer): boolean =>
    (compose?.service ?? '') in (action.scale ?? {});
  const isKept = (entry: ObservedContainer): boolean => !isListed(entry) || isBeside(entry);
  const made = Object.keys(action.services).flatMap((service) => {
    const there = world.host.containers.flatMap((entry) =>
      isListed(entry) && entry.compose?.service === service ? entry.compose.number : [],
    );
    const beside = action.scale?.[service];
    const numbers =
      beside === undefined
        ? numbersAtScale(there, services[service]?.scale ?? 0)
        : numbersAfter(there, beside - there.length);
    return numbers.map((number) => replica(world, { action, services, service, number }));
  });
  const { containers } = world.host;
  const after = withContainers(withNetworks(world, action, services), [
    ...containers.filter(isKept),
    ...made,
  ]);
  const replaced = containers.filter((entry) => !isKept(entry)).map(({ name }) => name);
  return withoutPorts(after, { replaced, services });
}

function replica(
  world: UnitWorld,
  made: { action: ActionOf<'composeUp'>; services: Services; service: string; number: number },
): ObservedContainer {
  const { action, services, service, number } = made;
  const { project } = action;
  const { workloadId } = world.desired;
  const specHash = action.services[service] ?? '';
  const wanted = services[service];
  const id = `sim-${project}-${service}-${number}-${specHash}`;
  const networks = Object.entries(wanted?.endpoints ?? {}).map(([name, { aliases }]) => [
    name,
    endpoint(world, { id, network: name, aliases }),
  ]);
  return {
    ...blank(id, composeName({ project, service, containerName: wanted?.containerName ?? null }, number)),
    state: 'running',
    exitCode: null,
    upSeconds: 0,
    health: wanted?.hasHealthcheck ? 'starting' : 'none',
    image: wanted?.image ?? '',
    networks: Object.fromEntries(networks),
    ours: {
      ...owner({ [LABEL.controller]: world.controller, [LABEL.workloadId]: workloadId }),
      controller: world.controller,
      workloadId,
      unit: action.unit,
      kind: 'stack',
      role: service,
      replica: number,
      specHash,
      imageDigest: '',
      release: '',
    },
    compose: { project, service, number, oneOff: false, workingDir: '', configFiles: '', replaces: null },
  };
}

/** With the networks of the services that were not there. */
function withNetworks(world: UnitWorld, action: ActionOf<'composeUp'>, services: Services): UnitWorld {
  const names = Object.keys(action.services).flatMap((name) => Object.keys(services[name]?.endpoints ?? {}));
  const missing = [...new Set(names)].filter(
    (name) => !world.host.networks.some((entry) => entry.name === name),
  );
  const made = missing.map((name) => ({ ...simulated(name), composeProject: action.project }));
  return onHost(world, { networks: [...world.host.networks, ...made] });
}

/** Published ports that the engine chooses are others after a recreate: a route to them leads to nobody we know. */
function withoutPorts(
  world: UnitWorld,
  { replaced, services }: { replaced: readonly string[]; services: Services },
): UnitWorld {
  if (world.proxy?.reach !== 'published') return world;
  return onRoutes(world, (route) => {
    const service = services[route.wish.key.slice(route.wish.key.indexOf(':') + 1)];
    const isLost = route.traffic?.main.some(
      ({ host, port }) =>
        replaced.includes(host) &&
        service?.ports.some(({ target, published }) => target === port && published === null),
    );
    return isLost ? { ...route, traffic: null } : route;
  });
}
