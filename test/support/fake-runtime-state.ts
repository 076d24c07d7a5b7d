// What a fake engine holds: containers, networks, volumes, images, and what went on.
import type { EngineHealth, EngineState } from '../../src/model/observed.ts';
import type { ContainerRuntime, EngineEvent } from '../../src/ports/container-runtime.ts';

export type CreateRequest = Parameters<ContainerRuntime['createContainer']>[0];

/** An image, and how its containers behave. */
export interface FakeImage {
  id: string;
  repoDigests: string[];
  /** It has a check of its own. */
  hasHealthcheck: boolean;
  volumes: string[];
  exposedPorts: number[];
  sizeBytes: number;
  labels?: Record<string, string>;
  /** What a container does once it is started; `fails` is refused by the engine. */
  start: 'runs' | 'fails' | { exits: number };
  /** What the engine's check says right after the start, and our own probes with it. */
  health: 'healthy' | 'unhealthy' | 'starting';
  /** What it writes at each start. */
  log: string[];
  /** SIGTERM does not end it: it is killed after its grace, exit 137. */
  ignoresTerm: boolean;
}

export interface FakeEndpoint {
  endpointId: string;
  /** Of the network that it was on last, also while it is stopped; empty before. */
  networkId: string;
  ip: string;
  aliases: string[];
}

export interface FakeContainer {
  id: string;
  name: string;
  image: string;
  imageId: string;
  labels: Record<string, string>;
  /** As it was asked for; null for a stranger's. */
  request: CreateRequest | null;
  state: EngineState;
  health: EngineHealth;
  healthOutput: string | null;
  exitCode: number;
  createdAtMs: number;
  startedAtMs: number | null;
  restartCount: number;
  ports: {
    target: number;
    published: number | null;
    live: number | null;
    hostIp: string;
    protocol: string;
  }[];
  endpoints: Map<string, FakeEndpoint>;
  /** Path → text, of what was copied in. */
  files: Map<string, { content: string; mode: number }>;
  log: string[];
}

export interface FakeNetwork {
  id: string;
  name: string;
  labels: Record<string, string>;
  gateway: string;
}

export interface Watcher {
  controller: string;
  handlers: Parameters<ContainerRuntime['watch']>[0];
}

/** One call that changes something, or was meant to. */
export interface JournalEntry {
  call: keyof ContainerRuntime;
  /** Name of the container, network, volume or image. */
  subject: string;
}

export interface FakeState {
  nowMs: () => number;
  containers: Map<string, FakeContainer>;
  networks: Map<string, FakeNetwork>;
  volumes: Map<string, Record<string, string>>;
  images: Map<string, FakeImage>;
  /** What a registry would give; a string is the registry's refusal. */
  pullable: Map<string, FakeImage | string>;
  /** Ports on the host that a program has, which is no container. */
  hostPorts: Set<number>;
  journal: JournalEntry[];
  watchers: Set<Watcher>;
  /** By name of the container, for those whose connections can be seen. */
  connections: Map<string, number>;
  followers: Set<{ id: string; onLine: (line: string) => void }>;
  /** Why the engine does not answer; null while it does. */
  away: Error | null;
  serial: number;
}

/** By the name it is known by, or by its id or digest. */
export function findImage({ images }: Pick<FakeState, 'images'>, reference: string): FakeImage | undefined {
  const all = [...images.values()];
  return (
    images.get(reference) ??
    all.find(({ id, repoDigests }) => id === reference || repoDigests.includes(reference))
  );
}

export function createFakeState(nowMs: () => number): FakeState {
  return {
    nowMs,
    containers: new Map(),
    networks: new Map(),
    volumes: new Map(),
    images: new Map(),
    pullable: new Map(),
    hostPorts: new Set(),
    journal: [],
    watchers: new Set(),
    connections: new Map(),
    followers: new Set(),
    away: null,
    serial: 0,
  };
}

/** 64 hex digits that no other thing of this engine has. */
export function nextId(state: FakeState): string {
  state.serial += 1;
  return state.serial.toString(16).padStart(12, 'f').padEnd(64, '0');
}

/** By id, name, or the beginning of an id, as the engine looks. */
export function findContainer(state: FakeState, reference: string): FakeContainer | null {
  const all = [...state.containers.values()];
  return (
    state.containers.get(reference) ??
    all.find(({ name }) => name === reference) ??
    all.find(({ id }) => reference.length >= 4 && id.startsWith(reference)) ??
    null
  );
}

/** Labels go along with an event, so a watcher knows the units of its own controller, and no others. */
export function emit(
  state: FakeState,
  event: Pick<EngineEvent, 'type' | 'action' | 'id'> & Partial<EngineEvent>,
  controller: string | null = null,
): void {
  const full: EngineEvent = { name: null, unit: null, composeProject: null, exitCode: null, ...event };
  for (const watcher of state.watchers) {
    const seen = controller === null || controller === watcher.controller ? full : { ...full, unit: null };
    queueMicrotask(() => {
      if (state.watchers.has(watcher)) watcher.handlers.onEvent(seen);
    });
  }
}
