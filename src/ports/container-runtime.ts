// A Docker engine, as much of it as we use. Every call has a deadline; faults are translated.
import type { ActionOf } from '../model/action.ts';
import type { ContainerSpec } from '../model/container-spec.ts';
import type { ObservedContainer, ObservedNetwork, ObservedVolume } from '../model/observed.ts';
import type { LocalImage } from '../model/resolved.ts';

export interface EngineInfo {
  /** The same over restarts: tells whether two names are one engine. */
  id: string;
  version: string;
  /** Negotiated: the lower of ours and theirs. */
  apiVersion: string;
  os: string;
  architecture: string;
  liveRestore: boolean;
  swarm: string;
  /** Address of the default bridge on the host; null where there is none. */
  bridgeGateway: string | null;
}

export interface EngineEvent {
  type: 'container' | 'network' | 'image' | 'volume';
  action: string;
  id: string;
  name: string | null;
  /** Our unit, from the labels that the engine sends along. */
  unit: string | null;
  composeProject: string | null;
  exitCode: number | null;
}

export interface PullProgress {
  layersDone: number;
  layers: number;
  bytesDone: number;
  bytes: number;
}

export interface ContainerFacts {
  id: string;
  state: string;
  running: boolean;
  exitCode: number;
  oomKilled: boolean;
  error: string;
  restartCount: number;
  startedAtMs: number | null;
  health: { status: 'none' | 'starting' | 'healthy' | 'unhealthy'; lastOutput: string | null };
  /** Address per network. */
  addresses: Record<string, string>;
  /** Published ports: target → host port on loopback or any address. */
  published: { target: number; hostIp: string; port: number }[];
  aliases: Record<string, string[]>;
  /** Folders and files of the engine's machine that it has, volumes among them. */
  mounts: { target: string; source: string }[];
  /** It has no network of its own, but the machine's. */
  onHostNetwork: boolean;
}

export interface ImageBuild {
  image: string;
  archive: NodeJS.ReadableStream;
  /** Path in the archive. */
  dockerfile: string;
  args: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  target: string | null;
  network: 'default' | 'none';
  platform: string | null;
  memoryBytes: number;
  shmSizeBytes: number | null;
  noCache: boolean;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

/**
 * Faults that callers meet: EngineAway (retry), EngineSlow (retry; the outcome of a write is unknown),
 * NameTaken (conflict), PortTaken (stalled), ImageMissing / ImagePullFailed (retry), ImagePullDenied (stalled),
 * ContainerGone (conflict), StartFailed (version), EngineRefused (stalled).
 * "Already so" (304, an existing network) is success.
 */
export interface ContainerRuntime {
  readonly host: string;
  info(): Promise<EngineInfo>;
  ping(): Promise<void>;
  /** All containers of the engine, strangers too. Parsed from the stream, one slim record at a time. */
  listContainers(): Promise<ObservedContainer[]>;
  listNetworks(): Promise<ObservedNetwork[]>;
  listVolumes(): Promise<ObservedVolume[]>;
  inspectContainer(container: string): Promise<ContainerFacts | null>;
  inspectImage(image: string): Promise<LocalImage | null>;
  pullImage(
    image: string,
    options: { signal: AbortSignal; onProgress: (progress: PullProgress) => void },
  ): Promise<void>;
  /**
   * Makes an image of a tar stream and names it; what goes wrong leaves no image of that name. Faults: BuildFailed
   * (version, with the last lines), ImagePullFailed (retry) where an image that it begins from cannot be had, and those
   * of the archive's own source. The signal ends it on the engine too.
   */
  buildImage(request: ImageBuild): Promise<void>;
  /** One more name for an image; whoever had the name loses it. Fault ImageMissing (retry). */
  tagImage(image: string, name: string): Promise<void>;
  /**
   * By id, or by a name of ours, never by force: gone, in use, or (by id) known by several repositories is success, and
   * it stays then.
   */
  removeImage(image: string): Promise<void>;
  /**
   * Creates under the given name. Where a container of that name exists already and carries the same unit and
   * spec-hash labels, that is success (an earlier create ran after its deadline); otherwise NameTaken.
   * `environment` and `files` in the spec have their secrets put in already. `imageDigest` becomes a label.
   */
  createContainer(
    request: Omit<ActionOf<'createContainer'>, 'spec' | 'unit' | 'phase' | 'cause' | 'type'> & {
      spec: ContainerSpec;
    },
  ): Promise<{ id: string }>;
  /** Copies files (a tar stream) into a container that need not run. */
  putArchive(container: string, options: { path: string; archive: NodeJS.ReadableStream }): Promise<void>;
  /** Files and folders of a container that need not run, as a tar stream while `use` runs; null where there are none. */
  readArchive<T>(
    container: string,
    options: { path: string; use: (archive: NodeJS.ReadableStream) => Promise<T> },
  ): Promise<T | null>;
  startContainer(container: string): Promise<void>;
  stopContainer(container: string, options: { graceMs: number }): Promise<void>;
  renameContainer(container: string, name: string): Promise<void>;
  /** Removes it with its anonymous volumes; killing it if it still runs. Gone already is success. */
  removeContainer(container: string): Promise<void>;
  ensureNetwork(name: string, labels: Record<string, string>): Promise<void>;
  /** In use or gone is success: the next pass sees it. */
  removeNetwork(name: string): Promise<void>;
  ensureVolume(name: string, labels: Record<string, string>): Promise<void>;
  /** Connects with exactly these aliases: an endpoint with others is disconnected first. */
  connectNetwork(container: string, options: { network: string; aliases: string[] }): Promise<void>;
  disconnectNetwork(container: string, network: string): Promise<void>;
  /**
   * Connections from outside to the ports that a container listens on; none of one that does not run. Null where this
   * process cannot see them: on another machine, or from within a container.
   */
  openConnections(container: string): Promise<number | null>;
  /**
   * What a container has written beside its volumes, and what is in these volumes, in bytes together; null where the
   * engine does not tell. It walks all of the files to tell, and of every volume that it has: ask seldom.
   */
  writtenBytes(container: string, options: { volumes: readonly string[] }): Promise<number | null>;
  /** The last lines, both streams, oldest first, without colour codes. */
  logs(container: string, options: { tail: number }): Promise<string[]>;
  /** Follows until the signal. */
  followLogs(
    container: string,
    options: { tail: number; signal: AbortSignal; onLine: (line: string) => void },
  ): Promise<void>;
  /**
   * Follows events for ever: reconnects by itself, and calls `onGap` after each (re)connect, for what happened
   * meanwhile is unknown and a full list is due. Returns the stop.
   */
  watch(handlers: {
    onEvent: (event: EngineEvent) => void;
    onGap: (why: string) => void;
    onAway: (error: Error) => void;
  }): () => Promise<void>;
  close(): void;
}
