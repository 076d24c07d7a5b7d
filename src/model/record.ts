// The rows of the index and the diary, as the store gives and takes them.
import type { ContainerState, DeployStatus } from './outcome.ts';
import type { UnitId } from './unit.ts';

export interface ContainerRow {
  id: string;
  workloadId: string;
  workloadKind: string;
  role: string;
  containerId: string;
  imageRef: string;
  host: string;
  state: ContainerState;
  port: number | null;
  lastSeenAtMs: number;
  /** Replica, name, spec hash, digest, health; of what is routed route_key, domains, subdomain, npm_proxy_id, proxy_route_id. */
  extra: Record<string, unknown>;
  createdAtMs: number;
  updatedAtMs: number;
}

/** A container that a route leads to, with its workload. */
export interface ProxyRouteRow {
  id: string;
  workloadId: string;
  kind: string;
  name: string;
  appId: string | null;
  /** The stage of a project, the service of a stack. */
  role: string;
  unit: UnitId | null;
  routeKey: string;
  domains: string[];
  subdomain: string | null;
  /** The number in Nginx Proxy Manager. */
  npmProxyId: number | null;
  /** The provider's own id: `proxy-host/14`. */
  proxyRouteId: string | null;
  containerName: string | null;
  imageRef: string;
  release: string | null;
  host: string;
  state: ContainerState;
  health: string | null;
  port: number | null;
}

export interface DeployRow {
  id: number;
  /** Number within the unit, from 1: what people see. */
  number: number;
  unit: UnitId;
  workloadId: string;
  status: DeployStatus;
  fromVersion: string | null;
  toVersion: string | null;
  specHash: string | null;
  digest: string | null;
  revision: string | null;
  cause: string;
  reason: string | null;
  message: string | null;
  startedAtMs: number;
  finishedAtMs: number | null;
  /** Steps with their times, for the timeline. */
  steps: DeployStep[];
  /** What went through the proxy while it switched; null where nothing was asked. */
  proof: SwitchProof | null;
}

/** Requests of ours through the proxy, one after the other, from before the switch until the old one left. */
export interface SwitchProof {
  requests: number;
  failed: number;
  /** The longest time without a good answer, in milliseconds. */
  worstGapMs: number;
}

export interface DeployStep {
  name: string;
  status: 'waiting' | 'now' | 'done' | 'failed' | 'skipped';
  startedAtMs: number | null;
  finishedAtMs: number | null;
  detail: string | null;
}

export interface DeployLogRow {
  deployId: number;
  atMs: number;
  level: 'info' | 'warn' | 'error';
  phase: string;
  text: string;
}

export interface EventRow {
  id: number;
  atMs: number;
  severity: 'info' | 'warn' | 'error';
  unit: UnitId | null;
  reason: string;
  message: string;
}

export interface DeliveryRow {
  id: number;
  hook: string;
  sender: string;
  deliveryId: string;
  receivedAtMs: number;
  kind: string;
  summary: string;
  outcome: 'accepted' | 'duplicate' | 'ignored';
}

/** One look at the other end of a stand-alone proxy; looks that show nothing new are left out. */
export interface MonitorRow {
  id: number;
  unit: UnitId;
  atMs: number;
  ok: boolean;
  /** One bad answer is not down yet: how many make it so is the manifest's. */
  state: 'up' | 'down';
  durationMs: number;
  detail: string;
}
