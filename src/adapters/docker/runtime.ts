// A Docker engine behind its unix socket, as the port wants it.
import type { Clock } from '../../ports/clock.ts';
import type { ContainerRuntime } from '../../ports/container-runtime.ts';
import type { Log } from '../../ports/log.ts';
import { createAliasReader } from './aliases.ts';
import { buildImage, tagImage } from './build-image.ts';
import { createContainer } from './create-container.ts';
import { DEADLINES, type Deadlines } from './deadlines.ts';
import { disconnect, ensureEndpoint } from './endpoints.ts';
import { createEngine } from './engine.ts';
import { readInfo } from './engine-info.ts';
import {
  aliasesOf,
  type InspectedContainer,
  type InspectedImage,
  readContainerFacts,
  readLocalImage,
} from './inspect.ts';
import { removeContainer, renameContainer, startContainer, stopContainer } from './lifecycle.ts';
import { createListReader } from './list-containers.ts';
import { followLogs, readLogs } from './logs.ts';
import { ensureNetwork, listNetworks, removeNetwork } from './networks.ts';
import { openConnections } from './open-connections.ts';
import { pullImage } from './pull-image.ts';
import { putArchive } from './put-archive.ts';
import { readArchive } from './read-archive.ts';
import { removeImage } from './remove-image.ts';
import { systemClock } from './system-clock.ts';
import { ensureVolume, listVolumes } from './volumes.ts';
import { watch } from './watch.ts';
import { writtenBytes } from './written-bytes.ts';

export interface DockerRuntimeOptions {
  /** The engine's name in tinyforge.yaml. */
  host: string;
  socketPath: string;
  /** Only containers with this controller's label are ours. */
  controller: string;
  /** And with this one. */
  formerly?: string | undefined;
  log?: Log | undefined;
  clock?: Clock | undefined;
  deadlines?: Partial<Deadlines> | undefined;
}

/** Opens nothing before the first call; `close` ends the connections that are kept. */
export function createDockerRuntime(options: DockerRuntimeOptions): ContainerRuntime {
  const { host, socketPath, controller, formerly, log, clock = systemClock } = options;
  const names = { controller, formerly };
  const deadlines = { ...DEADLINES, ...options.deadlines };
  const engine = createEngine({ host, socketPath, deadlines });
  const aliases = createAliasReader(async (id) => {
    const inspected = await inspect(id);
    return inspected === null ? null : aliasesOf(inspected);
  });

  const readList = createListReader({ ...names, aliases });

  async function inspect(container: string): Promise<InspectedContainer | null> {
    const path = `/containers/${encodeURIComponent(container)}/json`;
    return (await engine.jsonOrNull({ path, ms: deadlines.readMs })) as InspectedContainer | null;
  }

  return {
    host,
    info: () => readInfo(engine),
    ping: () => engine.ping(),
    listContainers: () => engine.stream({ path: '/containers/json?all=1', ms: deadlines.listMs }, readList),
    listNetworks: () => listNetworks(engine, names),
    listVolumes: () => listVolumes(engine, names),
    async inspectContainer(container) {
      const inspected = await inspect(container);
      return inspected === null ? null : readContainerFacts(inspected);
    },
    async inspectImage(image) {
      const path = `/images/${encodeURIComponent(image)}/json`;
      const inspected = await engine.jsonOrNull({ path, ms: deadlines.readMs });
      return inspected === null ? null : readLocalImage(inspected as InspectedImage);
    },
    pullImage: (image, pull) => pullImage(engine, image, pull),
    buildImage: (request) => buildImage(engine, request),
    tagImage: (image, name) => tagImage(engine, image, name),
    removeImage: (image) => removeImage(engine, image),
    createContainer: (request) => createContainer(engine, request, names),
    putArchive: (container, upload) => putArchive(engine, container, upload),
    readArchive: (container, reading) => readArchive(engine, container, reading),
    startContainer: (container) => startContainer(engine, container),
    stopContainer: (container, { graceMs }) => stopContainer(engine, container, graceMs),
    renameContainer: (container, name) => renameContainer(engine, container, name),
    removeContainer: (container) => removeContainer(engine, container),
    ensureNetwork: (name, labels) => ensureNetwork(engine, name, labels),
    removeNetwork: (name) => removeNetwork(engine, name),
    ensureVolume: (name, labels) => ensureVolume(engine, name, labels),
    connectNetwork: (container, endpoint) => ensureEndpoint(engine, container, endpoint),
    disconnectNetwork: (container, network) => disconnect(engine, container, network),
    async openConnections(container) {
      const inspected = await inspect(container);
      if (!inspected?.State.Running) return 0;
      return openConnections({ id: inspected.Id, pid: inspected.State.Pid ?? 0 });
    },
    writtenBytes: (container, { volumes }) => writtenBytes(engine, container, volumes),
    logs: (container, { tail }) => readLogs(engine, container, tail),
    followLogs: (container, follow) => followLogs(engine, container, follow),
    watch: (handlers) => watch(engine, { ...names, clock, log, handlers }),
    close: () => engine.close(),
  };
}
