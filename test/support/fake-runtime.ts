// A Docker engine in memory with the port's own rules, for tests that need a thousand containers or a fault at will.

import type { ContainerRuntime } from '../../src/ports/container-runtime.ts';
import { packFiles, readTar } from './fake-runtime-archive.ts';
import * as containers from './fake-runtime-containers.ts';
import { createFakeControl, type FakeControl } from './fake-runtime-control.ts';
import { createContainer } from './fake-runtime-create.ts';
import { createFaultPlan, engineFault, type FaultPlan } from './fake-runtime-faults.ts';
import * as images from './fake-runtime-images.ts';
import * as networks from './fake-runtime-networks.ts';
import {
  createFakeState,
  emit,
  type FakeState,
  findContainer,
  findImage,
  type Watcher,
} from './fake-runtime-state.ts';
import * as view from './fake-runtime-view.ts';

export interface FakeEngine extends FakeControl {
  /** The engine as one controller sees it. Several may share it. */
  runtime(options?: { host?: string; controller?: string }): ContainerRuntime;
}

/** Starts empty: no images, no containers. `nowMs` is the engine's clock. */
export function createFakeEngine(options: { nowMs?: () => number } = {}): FakeEngine {
  const state = createFakeState(options.nowMs ?? Date.now);
  const faults = createFaultPlan();
  return {
    ...createFakeControl(state, faults),
    runtime: ({ host = 'local', controller = 'default' } = {}) =>
      createFakeRuntime({ host, controller, state, faults }),
  };
}

interface Inside {
  host: string;
  controller: string;
  state: FakeState;
  faults: FaultPlan;
}

function createFakeRuntime({ host, controller, state, faults }: Inside): ContainerRuntime {
  /** A read: may fail as planned, and always while the engine is away. */
  function read<T>(call: keyof ContainerRuntime, subject: string, effect: () => T | Promise<T>): Promise<T> {
    return faults.around(call, subject, () => {
      if (state.away !== null) throw state.away;
      return effect();
    });
  }

  /** The same, and it stands in the journal: asked for, whether or not it changed anything. */
  function write<T>(call: keyof ContainerRuntime, subject: string, effect: () => T | Promise<T>): Promise<T> {
    const name = findContainer(state, subject)?.name ?? subject;
    state.journal.push({ call, subject: name });
    return read(call, name, effect);
  }

  return {
    host,
    info: () =>
      read('info', host, () => ({
        id: 'FAKE:ENGINE',
        version: '26.1.5',
        apiVersion: '1.45',
        os: 'linux',
        architecture: 'x86_64',
        liveRestore: false,
        swarm: 'inactive',
        bridgeGateway: '10.99.0.1',
      })),
    ping: () => read('ping', host, () => undefined),
    listContainers: () =>
      read('listContainers', host, () =>
        [...state.containers.values()].map((container) => view.observe(state, container, controller)),
      ),
    listNetworks: () =>
      read('listNetworks', host, () => [...state.networks.values()].map(view.observeNetwork)),
    listVolumes: () =>
      read('listVolumes', host, () =>
        [...state.volumes].map(([name, labels]) => ({
          name,
          controller: view.controllerOf(labels),
          workloadId: labels['tinyforge.workload.id'] ?? null,
        })),
      ),
    inspectContainer: (container) =>
      read('inspectContainer', container, () => {
        const found = findContainer(state, container);
        return found === null ? null : view.facts(found);
      }),
    inspectImage: (image) =>
      read('inspectImage', image, () => {
        const found = findImage(state, image);
        return found === undefined ? null : view.localImage(found);
      }),
    buildImage: (request) => write('buildImage', request.image, () => images.buildImage(state, request)),
    tagImage: (image, name) => write('tagImage', name, () => images.tagImage(state, image, name)),
    removeImage: (image) =>
      write('removeImage', image, () => {
        images.removeImage(state, image);
      }),
    pullImage: (image, { signal, onProgress }) =>
      write('pullImage', image, () => {
        signal.throwIfAborted();
        const found = state.pullable.get(image);
        if (found === undefined)
          throw engineFault('ImagePullFailed', 'retry', `the registry has no ${image} ("manifest unknown")`);
        if (typeof found === 'string') throw engineFault('ImagePullDenied', 'stalled', found);
        onProgress({ layersDone: 0, layers: 1, bytesDone: 0, bytes: found.sizeBytes });
        onProgress({ layersDone: 1, layers: 1, bytesDone: found.sizeBytes, bytes: found.sizeBytes });
        state.images.set(image, found);
        emit(state, { type: 'image', action: 'pull', id: image, name: image });
      }),
    createContainer: (request) =>
      write('createContainer', request.name, () => createContainer(state, request)),
    putArchive: (container, { path, archive }) =>
      write('putArchive', container, async () => {
        const found = containers.must(state, container);
        for (const [name, file] of await readTar(archive, path)) found.files.set(name, file);
      }),
    readArchive: (container, { path, use }) =>
      read('readArchive', container, () => {
        const files = findContainer(state, container)?.files ?? new Map();
        const archive = packFiles(files, path);
        return archive === null ? null : use(archive);
      }),
    startContainer: (container) =>
      write('startContainer', container, () => containers.startContainer(state, container)),
    stopContainer: (container) =>
      write('stopContainer', container, () => containers.stopContainer(state, container)),
    renameContainer: (container, name) =>
      write('renameContainer', container, () => containers.renameContainer(state, container, name)),
    removeContainer: (container) =>
      write('removeContainer', container, () => containers.removeContainer(state, container)),
    ensureNetwork: (name, labels) =>
      write('ensureNetwork', name, () => networks.ensureNetwork(state, name, labels)),
    removeNetwork: (name) => write('removeNetwork', name, () => networks.removeNetwork(state, name)),
    ensureVolume: (name, labels) =>
      write('ensureVolume', name, () => {
        if (!state.volumes.has(name)) state.volumes.set(name, { ...labels });
      }),
    connectNetwork: (container, endpoint) =>
      write('connectNetwork', container, () => networks.connectNetwork(state, container, endpoint)),
    disconnectNetwork: (container, network) =>
      write('disconnectNetwork', container, () => networks.disconnectNetwork(state, container, network)),
    writtenBytes: (container) =>
      read('writtenBytes', container, () => {
        const found = findContainer(state, container);
        if (found === null) return null;
        return [...found.files.values()].reduce((sum, { content }) => sum + content.length, 0);
      }),
    openConnections: (container) =>
      read('openConnections', container, () => {
        const found = findContainer(state, container);
        return found?.state === 'running' ? (state.connections.get(found.name) ?? null) : 0;
      }),
    logs: (container, { tail }) =>
      read('logs', container, () => containers.must(state, container).log.slice(-tail)),
    async followLogs(container, { tail, signal, onLine }) {
      const follower = await read('followLogs', container, () => {
        const found = containers.must(state, container);
        for (const line of found.log.slice(-tail)) onLine(line);
        return { id: found.id, onLine };
      });
      state.followers.add(follower);
      if (!signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      state.followers.delete(follower);
    },
    watch(handlers) {
      const watcher: Watcher = { controller, handlers };
      state.watchers.add(watcher);
      queueMicrotask(() => {
        if (!state.watchers.has(watcher)) return;
        if (state.away === null) handlers.onGap(`listening to engine ${host}`);
        else handlers.onAway(state.away);
      });
      return async () => void state.watchers.delete(watcher);
    },
    close: () => undefined,
  };
}
