// One generation of identical containers, as a project's stage or a site wants it.
import type { ContainerSpec } from '../../model/container-spec.ts';
import type { LocalImage } from '../../model/resolved.ts';
import type { UnitId } from '../../model/unit.ts';

export interface Wanted {
  unit: UnitId;
  workloadId: string;
  kind: string;
  role: string;
  host: string;
  controller: string;
  /** `shop-prod`: the alias on its networks and the stem of its containers' names. */
  baseName: string;
  spec: ContainerSpec;
  specHash: string;
  /** Digest that was asked for; '' where the tag decides and the engine tells the digest at create. */
  digest: string;
  /** What people call this version. */
  release: string;
  replicas: number;
  strategy: 'auto' | 'blue-green' | 'rolling' | 'recreate' | 'canary';
  sharedVolumes: boolean;
  drainMs: number;
  state: 'running' | 'stopped';
  /** Null while nobody asked the engine; the planner asks only when something must be created. */
  image: { local: LocalImage | null } | null;
  /** Container port to publish on loopback for our probes; null where the network is reachable. */
  publishForProbe: number | null;
  /** Port of the route, which is also what probes use by default. */
  cause: string;
}

/** `shop-prod-4be1c0-1`. */
export function nameOf(wanted: Pick<Wanted, 'baseName' | 'specHash'>, replica: number): string {
  return `${wanted.baseName}-${wanted.specHash.slice(0, 6)}-${replica}`;
}

export const FAILED_SUFFIX = '-failed';
