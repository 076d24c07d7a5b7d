// What a test does to a fake engine behind the controller's back, and what it may look at.
import { createHash } from 'node:crypto';
import { LABEL } from '../../src/model/labels.ts';
import type { ContainerRuntime, EngineEvent } from '../../src/ports/container-runtime.ts';
import type { Prober } from '../../src/ports/prober.ts';
import * as containers from './fake-runtime-containers.ts';
import { engineAway, engineSlow, type FaultMoment, type FaultPlan } from './fake-runtime-faults.ts';
import * as networks from './fake-runtime-networks.ts';
import { createFakeProber } from './fake-runtime-prober.ts';
import { emit, type FakeContainer, type FakeImage, type FakeState, nextId } from './fake-runtime-state.ts';

export interface FakeControl {
  /** Everything it holds; to look at. */
  readonly state: FakeState;
  /** Writes that were asked for since the last call of `forgetJournal`: `createContainer shop-prod-1`. */
  journal(): string[];
  forgetJournal(): void;
  /** Makes an image that is there; what is left out is a plain, healthy one. Its id follows from the reference. */
  addImage(reference: string, image?: Partial<FakeImage>): FakeImage;
  /** Makes an image that can be pulled; a text is the registry's refusal. */
  addPullable(reference: string, image?: Partial<FakeImage> | string): void;
  /** A container that somebody else made. */
  addStranger(options: {
    name: string;
    labels?: Record<string, string>;
    image?: string;
    /** Running, with this port of the host. */
    port?: number;
  }): FakeContainer;
  container(name: string): FakeContainer;
  setHealth(name: string, health: 'starting' | 'healthy' | 'unhealthy', output?: string): void;
  /** Its process ends by itself. */
  exit(name: string, exitCode: number): void;
  /** `docker stop`, `docker rm -f`, `docker network rm` by hand. */
  stopByHand(name: string): void;
  removeByHand(name: string): void;
  removeNetworkByHand(name: string): void;
  writeLog(name: string, line: string): void;
  /**
   * The next call of this sort (after `skip` of them) goes wrong: `before` its effect, `after` it, `late`, or it `never`
   * settles. Without an error it is EngineSlow.
   */
  failNext(
    call: keyof ContainerRuntime,
    options?: { moment?: FaultMoment; error?: Error; subject?: string; skip?: number },
  ): void;
  /** Each call so far, reads too, in their order; `forgetJournal` does not empty it. */
  calls(): readonly (keyof ContainerRuntime)[];
  /** Faults that no call has met. */
  unmetFaults(): number;
  /** No call is answered until `comeBack`; containers run on. */
  goAway(error?: Error): void;
  comeBack(): void;
  emit(event: Pick<EngineEvent, 'type' | 'action' | 'id'> & Partial<EngineEvent>): void;
  /** Probes that find the containers of this engine, by address or published port. */
  prober(): Prober;
}

export function createFakeControl(state: FakeState, faults: FaultPlan): FakeControl {
  const find = (name: string): FakeContainer => containers.must(state, name);
  return {
    state,
    journal: () => state.journal.map(({ call, subject }) => `${call} ${subject}`),
    forgetJournal() {
      state.journal.length = 0;
    },
    addImage(reference, image = {}) {
      const made = makeImage(reference, image);
      state.images.set(reference, made);
      return made;
    },
    addPullable(reference, image = {}) {
      state.pullable.set(reference, typeof image === 'string' ? image : makeImage(reference, image));
    },
    addStranger: (options) => addStranger(state, options),
    container: find,
    setHealth(name, health, output) {
      const container = find(name);
      Object.assign(container, { health, healthOutput: output ?? null });
      if (health !== 'starting') containers.tell(state, container, `health_status: ${health}`);
    },
    exit: (name, exitCode) => containers.end(state, find(name), exitCode),
    stopByHand: (name) => containers.stopContainer(state, name),
    removeByHand: (name) => containers.removeContainer(state, name),
    removeNetworkByHand(name) {
      for (const container of state.containers.values())
        networks.disconnectNetwork(state, container.id, name);
      networks.removeNetwork(state, name);
    },
    writeLog: (name, line) => containers.writeLog(state, find(name), line),
    calls: () => faults.calls,
    failNext(call, { moment = 'before', error, subject, skip = 0 } = {}) {
      const thrown = error ?? engineSlow(call);
      faults.add({ call, moment, error: moment === 'never' ? null : thrown, subject: subject ?? null, skip });
    },
    unmetFaults: () => faults.left().length,
    goAway(error = engineAway()) {
      state.away = error;
      for (const { handlers } of state.watchers) handlers.onAway(error);
    },
    comeBack() {
      state.away = null;
      for (const { handlers } of state.watchers) handlers.onGap('engine local answers again');
    },
    emit: (event) => emit(state, event),
    prober: () => createFakeProber(state),
  };
}

function makeImage(reference: string, image: Partial<FakeImage>): FakeImage {
  return {
    id: `sha256:${createHash('sha256').update(reference).digest('hex')}`,
    repoDigests: [],
    hasHealthcheck: false,
    volumes: [],
    exposedPorts: [],
    sizeBytes: 1_000_000,
    start: 'runs',
    health: 'healthy',
    log: [],
    ignoresTerm: false,
    ...image,
  };
}

function addStranger(state: FakeState, options: Parameters<FakeControl['addStranger']>[0]): FakeContainer {
  const { name, labels = {}, image = 'somebody/else:1', port } = options;
  const container: FakeContainer = {
    id: nextId(state),
    name,
    image,
    imageId: makeImage(image, {}).id,
    labels: { ...labels },
    request: null,
    state: 'running',
    health: 'none',
    healthOutput: null,
    exitCode: 0,
    createdAtMs: state.nowMs(),
    startedAtMs: state.nowMs(),
    restartCount: 0,
    ports:
      port === undefined
        ? []
        : [{ target: port, published: port, live: port, hostIp: '0.0.0.0', protocol: 'tcp' }],
    endpoints: new Map(),
    files: new Map(),
    log: [],
  };
  state.containers.set(container.id, container);
  containers.tell(state, container, 'start');
  return container;
}

/** Labels of another controller's container. */
export const strangersLabels = { [LABEL.managed]: 'true', [LABEL.controller]: 'somebody-else' };
