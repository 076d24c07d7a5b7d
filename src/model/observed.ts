// What an engine really runs, as slim as the planner needs it (ten thousand of these must fit in memory).
import type { UnitId } from './unit.ts';

export type EngineState = 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'dead' | 'removing';

/** What the engine itself says about health; `none` where the container has no check. */
export type EngineHealth = 'none' | 'starting' | 'healthy' | 'unhealthy';

export interface ObservedEndpoint {
  /** Changes with each connect, so a cached alias can be trusted as long as it stays. */
  endpointId: string;
  /** Of the network, which may be gone under a stopped container; empty where the engine says none (never started). */
  networkId: string;
  ip: string;
  /** Null where nobody has looked yet: lists do not carry aliases. */
  aliases: readonly string[] | null;
}

export interface ObservedPort {
  target: number;
  published: number | null;
  hostIp: string;
  protocol: string;
}

/** One container. `ours` is null for a stranger's (or another controller's). */
export interface ObservedContainer {
  id: string;
  name: string;
  image: string;
  imageId: string;
  state: EngineState;
  health: EngineHealth;
  /** Exit code of a container that is not running; null where unknown. */
  exitCode: number | null;
  /** Seconds it has been up, read from the list; null when not running. Coarse: minutes and hours are rounded. */
  upSeconds: number | null;
  createdAtMs: number;
  ports: readonly ObservedPort[];
  networks: Readonly<Record<string, ObservedEndpoint>>;
  ours: Ours | null;
  /** Made by another controller, by its labels. */
  stranger?: { controller: string; unit: UnitId };
  compose: ComposeMark | null;
}

/** Our labels, read. */
export interface Ours {
  controller: string;
  unit: UnitId;
  workloadId: string;
  kind: string;
  role: string;
  replica: number;
  specHash: string;
  imageDigest: string;
  /** What people call this version: a tag, a short revision. */
  release: string;
  /** What its workload was called before it was made. */
  renamedFrom?: string;
  /** Taken over as it ran: it has none of our labels, and is ours by our record of that. */
  adopted?: true;
}

/** Compose's own labels, for stacks. */
export interface ComposeMark {
  project: string;
  service: string;
  /** Container number, from 1. */
  number: number;
  /** Made by `docker compose run`, or for a hook: no replica of its service. */
  oneOff: boolean;
  workingDir: string;
  configFiles: string;
  /** Set on the leftover of a recreate that was cut short. */
  replaces: string | null;
  /** What Compose compares a service by; only equal where the version is. */
  configHash?: string;
  version?: string;
  /** Another Tinyforge that made it. */
  controller?: string;
}

export interface ObservedNetwork {
  id: string;
  name: string;
  /** Controller that made it, from our labels; null for a stranger's. */
  controller: string | null;
  workloadId: string | null;
  composeProject: string | null;
  gateway: string | null;
}

export interface ObservedVolume {
  name: string;
  controller: string | null;
  workloadId: string | null;
}

export interface ObservedHost {
  host: string;
  /** False while the engine does not answer: nothing is known, so nothing is changed. */
  reachable: boolean;
  containers: readonly ObservedContainer[];
  networks: readonly ObservedNetwork[];
  volumes: readonly ObservedVolume[];
}
