// What the world is after an action took hold: for the laws' tests, and for telling beforehand what a failure leads to.
import type { Action, ActionOf } from '../model/action.ts';
import { LABEL } from '../model/labels.ts';
import type { ObservedContainer, ObservedEndpoint, ObservedNetwork } from '../model/observed.ts';
import type { Answer, StackModel } from '../model/resolved.ts';
import type { RoutesWorld, RouteView, UnitWorld } from '../model/world.ts';
import { composeName, numbersAfter, numbersAtScale } from './compose-numbers.ts';
import { canaryFact } from './route/facts.ts';

/** Returns a new world; never changes the given one. Gates are taken to pass. */
export function simulate(world: UnitWorld, action: Action): UnitWorld {
  switch (action.type) {
    case 'pullImage':
      return answered(world, `image:${action.host}:${action.image}`, PULLED);
    case 'ensureNetwork':
      return onHost(world, { networks: [...world.host.networks, network(action)] });
    case 'removeNetwork':
      return onHost(world, {
        networks: world.host.networks.filter((entry) => entry.name !== action.network),
      });
    case 'ensureVolume':
      return onHost(world, {
        volumes: [...world.host.volumes, { name: action.volume, ...owner(action.labels) }],
      });
    case 'createContainer':
      return withContainers(world, [...world.host.containers, created(world, action)]);
    case 'putArchive':
      return remember(world, `archive:${idOf(world, action.container)}`);
    case 'startContainer':
      return change(world, action.container, {
        state: 'running',
        upSeconds: 0,
        exitCode: null,
        health: 'none',
      });
    case 'stopContainer':
      return forget(
        change(world, action.container, { state: 'exited', upSeconds: null, exitCode: 0 }),
        idOf(world, action.container),
      );
    case 'renameContainer':
      return change(world, action.container, { name: action.name });
    case 'removeContainer':
      return withContainers(
        world,
        world.host.containers.filter((entry) => !is(entry, action.container)),
      );
    case 'connectNetwork':
      return connect(world, action);
    case 'disconnectNetwork':
      return disconnect(world, action);
    case 'awaitHealthy':
      return healthy(world, idOf(world, action.container));
    case 'drain':
      return remember(world, `drained:${idOf(world, action.container)}`);
    case 'putRoute':
      return onRoutes(world, (route) =>
        route.wish.key === action.key
          ? {
              ...route,
              id: route.id ?? `sim-${action.key}`,
              traffic: action.traffic,
              drift: [],
              conflict: null,
            }
          : route,
      );
    case 'removeRoute':
      return onProxy(world, (proxy) => ({
        ...proxy,
        surplus: proxy.surplus.filter((route) => route.id !== action.id),
        routes: proxy.routes.map((route) =>
          route.id === action.id ? { ...route, id: null, traffic: null } : route,
        ),
      }));
    case 'proveRoute':
      return remember(world, `routed:${idOf(world, action.container)}`);
    case 'holdCanary':
      return remember(world, `${canaryFact(action.share)}:${idOf(world, action.container)}`);
    case 'materialiseStack':
      return onModel(world, (model) => ({ ...model, pendingFiles: null }));
    case 'composeUp':
      return composeUp(world, action);
    case 'awaitServices':
      return world.host.containers
        .filter(
          (entry) =>
            entry.compose?.project === action.project &&
            entry.ours?.specHash === action.services[entry.compose.service],
        )
        .reduce((after, entry) => healthy(after, entry.id), world);
    case 'removeImage':
      return world;
    case 'quarantine': {
      const { unit, specHash, digest, release, reason, message } = action;
      const entry = { unit, specHash, digest, release, reason, message, evidence: [], atMs: world.nowMs };
      return { ...world, quarantine: [...world.quarantine, entry] };
    }
  }
}

const PULLED: Answer = {
  ok: true,
  type: 'image',
  image: {
    id: 'sha256:pulled',
    repoDigests: ['pulled@sha256:0'],
    hasHealthcheck: false,
    volumes: [],
    exposedPorts: [],
    sizeBytes: 0,
  },
};

function composeUp(world: UnitWorld, action: ActionOf<'composeUp'>): UnitWorld {
  const answer = world.answers.get(`stack:${action.model}:${action.unit}`);
  if (answer?.ok !== true || answer.type !== 'stack') return world;
  const source = action.model === 'good' ? (answer.model.good?.services ?? {}) : answer.model.services;
  const isListed = ({ compose }: ObservedContainer): boolean =>
    compose !== null && compose.project === action.project && compose.service in action.services;
  const isBeside = ({ compose }: ObservedContainer): boolean =>
    (compose?.service ?? '') in (action.scale ?? {});
  const kept = world.host.containers.filter((entry) => !isListed(entry) || isBeside(entry));
  const made = Object.entries(action.services).flatMap(([service, specHash]) => {
    const there = world.host.containers.flatMap((entry) =>
      isListed(entry) && entry.compose?.service === service ? entry.compose.number : [],
    );
    const beside = action.scale?.[service];
    const numbers =
      beside === undefined
        ? numbersAtScale(there, source[service]?.scale ?? 0)
        : numbersAfter(there, beside - there.length);
    return numbers.map((number): ObservedContainer => {
      const id = `sim-${action.project}-${service}-${number}-${specHash}`;
      const ours = {
        ...owner({ [LABEL.controller]: world.controller, [LABEL.workloadId]: world.desired.workloadId }),
        controller: world.controller,
        workloadId: world.desired.workloadId,
        unit: action.unit,
        kind: 'stack',
        role: service,
        replica: number,
        specHash,
        imageDigest: '',
        release: '',
      };
      const compose = {
        project: action.project,
        service,
        number,
        oneOff: false,
        workingDir: '',
        configFiles: '',
        replaces: null,
      };
      return {
        ...blank(
          id,
          composeName(
            { project: action.project, service, containerName: source[service]?.containerName ?? null },
            number,
          ),
        ),
        state: 'running',
        exitCode: null,
        upSeconds: 0,
        health: source[service]?.hasHealthcheck ? 'starting' : 'none',
        image: source[service]?.image ?? '',
        networks: Object.fromEntries(
          Object.entries(source[service]?.endpoints ?? {}).map(([name, { aliases }]) => [
            name,
            endpoint(world, { id, network: name, aliases }),
          ]),
        ),
        ours,
        compose,
      };
    });
  });
  const names = Object.keys(action.services).flatMap((name) => Object.keys(source[name]?.endpoints ?? {}));
  const missing = [...new Set(names)].filter(
    (name) => !world.host.networks.some((entry) => entry.name === name),
  );
  const networks = missing.map((name) => ({ ...simulated(name), composeProject: action.project }));
  const after = withContainers(onHost(world, { networks: [...world.host.networks, ...networks] }), [
    ...kept,
    ...made,
  ]);
  const replaced = world.host.containers.filter((entry) => !kept.includes(entry)).map(({ name }) => name);
  return withoutPorts(after, { replaced, services: source });
}

/** Published ports that the engine chooses are others after a recreate: a route to them leads to nobody we know. */
function withoutPorts(
  world: UnitWorld,
  { replaced, services }: { replaced: readonly string[]; services: StackModel['services'] },
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

function created(world: UnitWorld, action: ActionOf<'createContainer'>): ObservedContainer {
  const { labels } = action;
  const id = `sim-${action.name}-${world.host.containers.length}-${world.memory.size}`;
  return {
    ...blank(id, action.name),
    image: action.spec.image,
    networks: Object.fromEntries(
      action.endpoints.map(({ network: name, aliases }) => [
        name,
        endpoint(world, { id, network: name, aliases }),
      ]),
    ),
    ours: {
      controller: world.controller,
      unit: action.unit,
      workloadId: labels[LABEL.workloadId] ?? '',
      kind: labels[LABEL.workloadKind] ?? '',
      role: labels[LABEL.role] ?? '',
      replica: Number(labels[LABEL.replica] ?? '1'),
      specHash: labels[LABEL.specHash] ?? '',
      imageDigest: labels[LABEL.imageDigest] ?? '',
      release: labels[LABEL.release] ?? '',
    },
  };
}

function blank(id: string, name: string): ObservedContainer {
  return {
    id,
    name,
    image: '',
    imageId: '',
    state: 'created',
    health: 'none',
    exitCode: null,
    upSeconds: null,
    createdAtMs: 1e12,
    ports: [],
    networks: {},
    ours: null,
    compose: null,
  };
}

function connect(world: UnitWorld, action: ActionOf<'connectNetwork'>): UnitWorld {
  const { container, network: name, aliases } = action;
  const made = endpoint(world, { id: container, network: `${name}-again`, aliases });
  const there = { ...made, networkId: networkId(world, name) };
  return edit(world, container, (entry) => ({ ...entry, networks: { ...entry.networks, [name]: there } }));
}

function endpoint(
  world: UnitWorld,
  { id, network: name, aliases }: { id: string; network: string; aliases: readonly string[] },
): ObservedEndpoint {
  return { endpointId: `${id}-${name}`, networkId: networkId(world, name), ip: '', aliases };
}

function networkId(world: UnitWorld, name: string): string {
  return world.host.networks.find((entry) => entry.name === name)?.id ?? simulated(name).id;
}

function disconnect(world: UnitWorld, action: ActionOf<'disconnectNetwork'>): UnitWorld {
  return edit(world, action.container, (entry) => {
    const { [action.network]: _gone, ...networks } = entry.networks;
    return { ...entry, networks };
  });
}

function healthy(world: UnitWorld, id: string): UnitWorld {
  const probes = new Map(world.probes).set(id, { ok: true, detail: '', atMs: world.nowMs });
  const health = (entry: ObservedContainer): ObservedContainer['health'] =>
    entry.health === 'none' ? 'none' : 'healthy';
  const well = (entry: ObservedContainer): ObservedContainer => ({
    ...entry,
    health: health(entry),
    // The gate passes only a one-shot that ended well.
    exitCode: entry.state === 'exited' ? 0 : entry.exitCode,
    state: entry.state === 'restarting' || entry.state === 'paused' ? 'running' : entry.state,
  });
  return remember(edit({ ...world, probes }, id, well), `healthy:${id}`);
}

function forget(world: UnitWorld, id: string): UnitWorld {
  const probes = new Map([...world.probes].filter(([probed]) => probed !== id));
  return { ...world, probes, memory: new Set([...world.memory].filter((fact) => !fact.endsWith(`:${id}`))) };
}

function change(world: UnitWorld, container: string, facts: Partial<ObservedContainer>): UnitWorld {
  return edit(world, container, (entry) => ({ ...entry, ...facts }));
}

function edit(
  world: UnitWorld,
  container: string,
  work: (entry: ObservedContainer) => ObservedContainer,
): UnitWorld {
  return withContainers(
    world,
    world.host.containers.map((entry) => (is(entry, container) ? work(entry) : entry)),
  );
}

function withContainers(world: UnitWorld, containers: ObservedContainer[]): UnitWorld {
  const { unit } = world.desired;
  return { ...onHost(world, { containers }), mine: containers.filter((entry) => entry.ours?.unit === unit) };
}

function onHost(world: UnitWorld, part: Partial<UnitWorld['host']>): UnitWorld {
  return { ...world, host: { ...world.host, ...part } };
}

function onModel(world: UnitWorld, work: (model: StackModel) => StackModel): UnitWorld {
  const key = `stack:desired:${world.desired.unit}`;
  const answer = world.answers.get(key);
  return answer?.ok && answer.type === 'stack'
    ? answered(world, key, { ...answer, model: work(answer.model) })
    : world;
}

function answered(world: UnitWorld, key: string, answer: Answer): UnitWorld {
  return { ...world, answers: new Map(world.answers).set(key, answer) };
}

function onProxy(world: UnitWorld, work: (proxy: RoutesWorld) => RoutesWorld): UnitWorld {
  return world.proxy === null ? world : { ...world, proxy: work(world.proxy) };
}

function onRoutes(world: UnitWorld, work: (route: RouteView) => RouteView): UnitWorld {
  return onProxy(world, (proxy) => ({ ...proxy, routes: proxy.routes.map(work) }));
}

function remember(world: UnitWorld, fact: string): UnitWorld {
  return { ...world, memory: new Set(world.memory).add(fact) };
}

function idOf(world: UnitWorld, container: string): string {
  return world.host.containers.find((entry) => is(entry, container))?.id ?? container;
}

function is(entry: ObservedContainer, container: string): boolean {
  return entry.id === container || entry.name === container;
}

function network(action: ActionOf<'ensureNetwork'>): ObservedNetwork {
  return { ...simulated(action.network), ...owner(action.labels) };
}

function simulated(name: string): ObservedNetwork {
  return { id: `sim-${name}`, name, controller: null, workloadId: null, composeProject: null, gateway: null };
}

function owner(labels: Readonly<Record<string, string>>): {
  controller: string | null;
  workloadId: string | null;
} {
  return { controller: labels[LABEL.controller] ?? null, workloadId: labels[LABEL.workloadId] ?? null };
}
