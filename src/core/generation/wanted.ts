// One generation of identical containers, as a project's stage or a site wants it.
import type { ContainerSpec } from '../../model/container-spec.ts';
import type { CanaryMetric, CanaryStep } from '../../model/desired.ts';
import type { LocalImage } from '../../model/resolved.ts';
import type { UnitId } from '../../model/unit.ts';

export interface WantedRoute {
  port: number;
  scheme: 'http' | 'https';
  adopt: boolean;
  /** The network that is shared with the proxy; null where it reaches published ports. */
  network: string | null;
  /** The manifest names that network too: then clients in it look for the unit there as well. */
  isOwnNetwork: boolean;
}

export interface Wanted {
  unit: UnitId;
  workloadId: string;
  kind: string;
  /** What its workload was called before; null where it never was renamed, or while an earlier version stands in. */
  renamedFrom: string | null;
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
  /** Steps of a canary; empty for the other strategies. */
  canary: readonly CanaryStep[];
  canaryMetrics: readonly CanaryMetric[];
  sharedVolumes: boolean;
  drainMs: number;
  state: 'running' | 'stopped';
  /** Null while nobody asked the engine; the planner asks only when something must be created. */
  image: { local: LocalImage | null } | null;
  /** Container port to publish on loopback for our probes; null where the network is reachable. */
  publishForProbe: number | null;
  /** What of it is routed; null where nothing is, or nobody knows the port. */
  route: WantedRoute | null;
  cause: string;
  /** Networks on which nobody else is (`aloneOn`); none where that was not asked. */
  alone?: readonly string[];
}

/** `shop-prod-4be1c0-1`. */
export function nameOf(wanted: Pick<Wanted, 'baseName' | 'specHash'>, replica: number): string {
  return `${wanted.baseName}-${wanted.specHash.slice(0, 6)}-${replica}`;
}

/** `shop-prod-4be1c0`: what all containers of one generation answer to on the network that is shared with the proxy. */
export function generationAlias({ baseName, specHash }: Pick<Wanted, 'baseName' | 'specHash'>): string {
  return `${baseName}-${specHash.slice(0, 6)}`;
}

/**
 * Names to carry on a network. The unit's own name is taken with the traffic, or is there from the start where nobody can
 * ask by it; the generation's is there from the start, for the proxy is told by it who gets the requests.
 */
export function aliasesOn(
  network: string,
  wanted: Pick<Wanted, 'baseName' | 'specHash' | 'route' | 'alone'>,
  when: 'before' | 'taken',
): string[] {
  const isRoute = wanted.route?.network === network;
  const isNamed = when === 'taken' || wanted.alone?.includes(network) === true;
  return [
    ...(isNamed && (!isRoute || wanted.route?.isOwnNetwork) ? [wanted.baseName] : []),
    ...(isRoute ? [generationAlias(wanted)] : []),
  ];
}

export const FAILED_SUFFIX = '-failed';
