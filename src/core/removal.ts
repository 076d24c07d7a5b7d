// The plan that takes a unit away: containers, then networks that nobody of its workload uses. Volumes stay.
import type { Action } from '../model/action.ts';
import type { ObservedHost } from '../model/observed.ts';
import type { UnitPlan } from '../model/plan.ts';
import type { ObservedRoute } from '../model/route.ts';
import type { UnitId, WorkloadKind } from '../model/unit.ts';
import { nameOfWorkload } from './naming.ts';

export interface Removal {
  unit: UnitId;
  host: ObservedHost;
  /** Workloads that still have a unit: their networks stay. */
  living: ReadonlySet<string>;
  why: string;
  /** Ours in the proxy, of this unit. */
  routes: readonly ObservedRoute[];
}

export function planRemoval({ unit, host, living, why, routes }: Removal): UnitPlan {
  const containers = host.containers.filter((container) => container.ours?.unit === unit);
  const first = containers[0]?.ours;
  const common = { unit, host: host.host, phase: 'clean' as const, cause: why };
  const removals = routes.map(
    ({ id, owner, domains }): Action => ({
      ...common,
      type: 'removeRoute',
      id,
      key: owner?.key ?? unit,
      domains,
    }),
  );
  const containerActions = containers.flatMap((container): Action[] => [
    ...(container.state === 'running' || container.state === 'restarting' || container.state === 'paused'
      ? [{ ...common, type: 'stopContainer' as const, container: container.id, graceMs: 10_000 }]
      : []),
    { ...common, type: 'removeContainer', container: container.id },
  ]);
  // Nobody is sent any more to what is about to end.
  const actions = [...removals, ...containerActions];
  // By name alone: what it had when it was of another kind goes with it.
  const names = new Set(containers.map((container) => nameOfWorkload(container.ours?.workloadId ?? '')));
  const livingNames = new Set([...living].map(nameOfWorkload));
  const projects = new Set(containers.flatMap(({ compose }) => compose?.project ?? []));
  const isOfGone = (name: string): boolean => names.has(name) && !livingNames.has(name);
  for (const network of host.networks) {
    const { workloadId, composeProject } = network;
    // Networks of a project that was taken over carry no label of ours.
    const isOfProject = workloadId === null && composeProject !== null && projects.has(composeProject);
    const isOurs = workloadId !== null && isOfGone(nameOfWorkload(workloadId));
    if (!isOfProject && !isOurs) continue;
    const shared = host.containers.some(
      (container) => container.networks[network.name] !== undefined && container.ours?.unit !== unit,
    );
    if (!shared) actions.push({ ...common, type: 'removeNetwork', network: network.name });
  }
  return {
    unit,
    kind: (first?.kind ?? (routes.length > 0 ? 'proxy' : 'project')) as WorkloadKind,
    host: host.host,
    cause: { type: 'remove', text: why },
    strategy: null,
    downtime: null,
    actions,
    blocked: null,
    notices: [],
    runs: first?.release ?? null,
    wants: null,
    generation: null,
    health: { status: 'none', ready: 0, total: 0, detail: null },
    onFailure: null,
  };
}
