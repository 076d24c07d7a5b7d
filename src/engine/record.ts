// Writes the index after a pass: containers as they were seen, statuses as they were folded. Nothing new, nothing written.

import type { RoutedExtra } from '../core/route/routed-containers.ts';
import type { Desired } from '../model/desired.ts';
import type { ObservedContainer } from '../model/observed.ts';
import type { ContainerState } from '../model/outcome.ts';
import type { ContainerRow } from '../model/record.ts';
import type { UnitStatus } from '../model/status.ts';
import type { ProbeVerdict } from '../model/world.ts';
import type { Store } from '../ports/store.ts';
import type { Observation } from './observe.ts';

/** What is known of containers beside what their engine says. */
export interface BesideContainers {
  probes: ReadonlyMap<string, ProbeVerdict>;
  /** By host, then by id of the container; empty where nothing is routed. */
  routed: ReadonlyMap<string, ReadonlyMap<string, RoutedExtra>>;
}

interface RecordedFrom {
  isEjected(unit: string): boolean;
  nowMs: number;
}

type NewRow = Omit<ContainerRow, 'createdAtMs' | 'updatedAtMs'>;

/** What the index said last, so that an unchanged world costs no query. */
export interface RecordCache {
  containers: Map<string, Known>;
  /** When an engine was recorded last, by host: when what is missing now was seen last. */
  seenMs: Map<string, number>;
  statuses: Map<string, UnitStatus>;
  /** Workloads that have their row, with the app that stands in it. */
  workloads: Map<string, string | null>;
}

interface Known {
  host: string;
  seen: ObservedContainer;
  health: string;
  route: RoutedExtra | undefined;
}

export function createRecordCache(): RecordCache {
  return {
    containers: new Map(),
    seenMs: new Map(),
    statuses: new Map(),
    workloads: new Map(),
  };
}

/** Rows that others refer to: of what is wished, and of what still runs without being wished. */
export function recordWorkloads(
  store: Store,
  cache: RecordCache,
  facts: { units: readonly Desired[]; observations: Iterable<Observation>; nowMs: number },
): void {
  const missing = new Map<string, { kind: string; name: string; app: string | null }>();
  for (const { workloadId, kind, name, app } of facts.units) {
    if (cache.workloads.get(workloadId) !== app) missing.set(workloadId, { kind, name, app });
  }
  for (const observation of facts.observations) {
    for (const [first] of observation.byUnit.values()) {
      const { workloadId = '', kind = '' } = first?.ours ?? {};
      if (!cache.workloads.has(workloadId) && !missing.has(workloadId)) {
        missing.set(workloadId, { kind, name: workloadId.slice(kind.length + 1), app: null });
      }
    }
  }
  if (missing.size === 0) return;
  store.transaction(() => {
    for (const [id, { kind, name, app }] of missing) {
      cache.workloads.set(id, app);
      const known = store.workload(id);
      if (known?.appId === app) continue;
      store.upsertWorkload(
        { ...(known ?? NOTHING_SET), id, kind, refId: name, name, appId: app },
        facts.nowMs,
      );
    }
  });
}

const NOTHING_SET = {
  notificationUrl: null,
  notificationSecret: null,
  webhookSecret: null,
  webhookSigningSecret: null,
  webhookRequireSignature: false,
};

/** Only engines that answered are recorded: what is unknown is not missing. What was ejected is counted no more. */
export function recordContainers(
  store: Store,
  cache: RecordCache,
  facts: BesideContainers & RecordedFrom & { observations: Iterable<Observation> },
): void {
  try {
    // Row by row, and no list of them: at a start all ten thousand are new to us.
    store.transaction(() => {
      for (const observation of facts.observations)
        if (observation.reachable) recordHost(store, cache, { ...facts, observation });
    });
  } catch (error) {
    // None of it was written, and the cache says that all of it was.
    cache.containers.clear();
    cache.seenMs.clear();
    throw error;
  }
}

function recordHost(
  store: Store,
  cache: RecordCache,
  facts: BesideContainers & RecordedFrom & { observation: Observation },
): void {
  const { observation, probes, nowMs, isEjected } = facts;
  const { host } = observation;
  const routed = facts.routed.get(host);
  const lastSeenMs = cache.seenMs.get(host);
  cache.seenMs.set(host, nowMs);
  const present = new Set<string>();
  for (const container of observation.containers) {
    if (container.ours === null) continue;
    present.add(container.id);
    const known = cache.containers.get(container.id);
    const health = healthOf(container, probes.get(container.id));
    const route = routed?.get(container.id);
    const isAlike = known?.health === health && sameRoute(known.route, route);
    if (isAlike && known.seen === container) continue;
    const isSame = isAlike && looksSame(known.seen, container);
    // The newest record in any case: an older one that is held here would live beside it.
    const now = { host, seen: container, health, route };
    cache.containers.set(container.id, now);
    if (!isSame) store.upsertContainer(rowOf(now, nowMs), nowMs);
  }
  for (const row of lastSeenMs === undefined ? storedRows(store) : []) {
    if (row.host !== host || present.has(row.containerId)) continue;
    if (isEjected(String(row.extra.unit ?? ''))) store.removeContainer(row.id);
    else if (row.state !== 'missing') store.upsertContainer(missing(row), nowMs);
  }
  for (const [id, known] of cache.containers) {
    if (known.host !== host || present.has(id)) continue;
    cache.containers.delete(id);
    const row = rowOf(known, lastSeenMs ?? nowMs);
    if (isEjected(known.seen.ours?.unit ?? '')) store.removeContainer(row.id);
    else store.upsertContainer(missing(row), nowMs);
  }
}

/** One workload after the other: all rows at once would be the peak of a start. */
function* storedRows(store: Store): Generator<ContainerRow> {
  for (const { id } of store.workloads()) yield* store.containers({ workloadId: id });
}

/** Times do not count (law 2). */
export function recordStatuses(
  store: Store,
  cache: RecordCache,
  statuses: readonly UnitStatus[],
): UnitStatus[] {
  const changed = statuses.filter((status) => {
    const known = cache.statuses.get(status.unit);
    return known === undefined || JSON.stringify(known) !== JSON.stringify(status);
  });
  if (changed.length === 0) return changed;
  store.transaction(() => {
    for (const status of changed) {
      cache.statuses.set(status.unit, status);
      store.saveStatus(status);
    }
  });
  return changed;
}

function looksSame(a: ObservedContainer, b: ObservedContainer): boolean {
  return a.state === b.state && a.health === b.health && a.name === b.name && a.exitCode === b.exitCode;
}

/** Our own probe knows more than an engine that was given no check. */
function healthOf(container: ObservedContainer, verdict: ProbeVerdict | undefined): string {
  if (verdict === undefined || container.state !== 'running') return container.health;
  return verdict.ok ? 'healthy' : 'unhealthy';
}

function sameRoute(a: RoutedExtra | undefined, b: RoutedExtra | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));
}

function rowOf({ host, seen: container, health, route }: Known, seenMs: number): NewRow {
  const { ours } = container;
  return {
    id: `${host}/${container.id}`,
    workloadId: ours?.workloadId ?? '',
    workloadKind: ours?.kind ?? '',
    role: ours?.role ?? '',
    containerId: container.id,
    imageRef: container.image,
    host,
    state: stateOf(container, health),
    port: container.ports.find((port) => port.published !== null)?.published ?? null,
    lastSeenAtMs: seenMs,
    extra: {
      name: container.name,
      unit: ours?.unit ?? null,
      replica: ours?.replica ?? null,
      spec_hash: ours?.specHash ?? null,
      image_digest: ours?.imageDigest ?? null,
      release: ours?.release ?? null,
      health,
      exit_code: container.exitCode,
      ...route,
    },
  };
}

function missing(row: NewRow): NewRow {
  return { ...row, state: 'missing' };
}

function stateOf({ state, exitCode }: ObservedContainer, health: string): ContainerState {
  if (state === 'running' || state === 'paused') return health === 'unhealthy' ? 'failed' : 'running';
  if (state === 'removing') return 'removing';
  if (state === 'restarting' || state === 'dead') return 'failed';
  return state === 'exited' && exitCode !== 0 && exitCode !== null && exitCode !== 137 && exitCode !== 143
    ? 'failed'
    : 'stopped';
}
