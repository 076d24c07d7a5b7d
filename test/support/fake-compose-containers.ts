// Where the containers of a fake Compose are: in a map of its own, or on a fake engine, where whoever looks finds them.
import * as engine from './fake-runtime-containers.ts';
import { engineFault } from './fake-runtime-faults.ts';
import { ensureNetwork } from './fake-runtime-networks.ts';
import { type FakeState, findImage, nextId } from './fake-runtime-state.ts';

export interface ComposeContainer {
  name: string;
  service: string;
  image: string;
  labels: Record<string, string>;
  environment: Record<string, string>;
  /** Another one for each container that is made. */
  id: string;
  isUp: boolean;
}

export interface ComposeNetwork {
  name: string;
  isExternal: boolean;
  aliases: string[];
}

export interface ComposeContainers {
  /** Of a Compose project. */
  of(project: string): ComposeContainer[];
  create(container: Omit<ComposeContainer, 'id' | 'isUp'>, networks: readonly ComposeNetwork[]): void;
  start(project: string, name: string): void;
  remove(project: string, name: string): void;
}

const PROJECT = 'com.docker.compose.project';

export function inMemory(): ComposeContainers {
  const containers = new Map<string, ComposeContainer>();
  let ids = 0;
  return {
    of: (project) => [...containers.values()].filter(({ labels }) => labels[PROJECT] === project),
    create(container) {
      const key = `${container.labels[PROJECT]}/${container.name}`;
      containers.set(key, { ...container, id: String(++ids), isUp: false });
    },
    start(project, name) {
      const found = containers.get(`${project}/${name}`);
      if (found !== undefined) found.isUp = true;
    },
    remove: (project, name) => void containers.delete(`${project}/${name}`),
  };
}

/** Containers as the engine has them: what it starts, stops and removes, Compose sees, and the other way round. */
export function onEngine(stateOf: () => FakeState): ComposeContainers {
  const environments = new Map<string, Record<string, string>>();
  return {
    of: (project) =>
      [...stateOf().containers.values()]
        .filter(({ labels }) => labels[PROJECT] === project && labels['com.docker.compose.oneoff'] !== 'True')
        .map(({ id, name, image, labels, state }) => ({
          ...{ id, name, image, labels, isUp: state === 'running' || state === 'restarting' },
          service: labels['com.docker.compose.service'] ?? '',
          environment: environments.get(id) ?? {},
        })),
    create({ name, image, labels, environment, service }, networks) {
      const state = stateOf();
      const found = findImage(state, image);
      if (found === undefined)
        throw engineFault('ImageMissing', 'retry', `The image ${image} is not on the engine.`);
      if ([...state.containers.values()].some((other) => other.name === name))
        throw engineFault('NameTaken', 'conflict', `A container called ${name} is there already.`);
      for (const network of networks)
        if (!network.isExternal) ensureNetwork(state, network.name, { [PROJECT]: labels[PROJECT] ?? '' });
        else if (!state.networks.has(network.name))
          throw engineFault('ExternalMissing', 'stalled', `${network.name} is declared as external`);
      const id = nextId(state);
      environments.set(id, environment);
      state.containers.set(id, {
        ...{ id, name, image, imageId: found.id, labels: { ...labels }, request: null },
        ...{ state: 'created', health: 'none', healthOutput: null, exitCode: 0 },
        ...{ createdAtMs: state.nowMs(), startedAtMs: null, restartCount: 0, ports: [] },
        ...{ files: new Map(), log: [] },
        endpoints: new Map(
          networks.map(({ name: network, aliases }) => [
            network,
            { endpointId: '', networkId: '', ip: '', aliases: [name, service, ...aliases] },
          ]),
        ),
      });
      engine.tell(state, state.containers.get(id) as never, 'create');
    },
    start: (_project, name) => engine.startContainer(stateOf(), name),
    remove(_project, name) {
      engine.stopContainer(stateOf(), name);
      engine.removeContainer(stateOf(), name);
    },
  };
}
