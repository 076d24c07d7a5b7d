// A store in memory, kept honest by the contract suite that the real one passes too.
import { isDeepStrictEqual } from 'node:util';
import { type Fault, fault } from '../../src/model/errors.ts';
import type { ContainerState } from '../../src/model/outcome.ts';
import type {
  ContainerRow,
  DeliveryRow,
  DeployLogRow,
  DeployRow,
  EventRow,
  MonitorRow,
} from '../../src/model/record.ts';
import type { UnitStatus } from '../../src/model/status.ts';
import type { Page, Store, WorkloadRow } from '../../src/ports/store.ts';

interface Tables {
  workloads: Map<string, WorkloadRow>;
  statuses: Map<string, UnitStatus>;
  containers: Map<string, ContainerRow>;
  deploys: Map<number, DeployRow>;
  logs: DeployLogRow[];
  events: EventRow[];
  deliveries: DeliveryRow[];
  monitorResults: MonitorRow[];
  cache: Map<string, string>;
  lastId: { deploy: number; event: number; delivery: number; monitor: number };
}

export function createFakeStore(): Store {
  let tables: Tables = {
    workloads: new Map(),
    statuses: new Map(),
    containers: new Map(),
    deploys: new Map(),
    logs: [],
    events: [],
    deliveries: [],
    monitorResults: [],
    cache: new Map(),
    lastId: { deploy: 0, event: 0, delivery: 0, monitor: 0 },
  };
  let depth = 0;
  let wrote = false;
  let writes = 0;

  function transaction<T>(work: () => T): T {
    const before = structuredClone(tables);
    depth += 1;
    try {
      const result = work();
      if (result instanceof Promise)
        throw new TypeError('work inside a transaction must not be asynchronous');
      return result;
    } catch (error) {
      tables = before;
      throw error;
    } finally {
      depth -= 1;
      if (depth === 0) wrote = false;
    }
  }

  /** Counts one for a lone write, and one for all writes of a transaction. */
  function touch(): void {
    if (depth === 0 || !wrote) writes += 1;
    if (depth > 0) wrote = true;
  }

  function mustHave(workloadId: string): void {
    if (!tables.workloads.has(workloadId))
      throw row('RowMissing', `The workload ${workloadId} is not there.`);
  }

  const store: Store = {
    transaction,
    writes: () => writes,
    reopenIfLost: () => false,
    close: () => undefined,

    upsertWorkload(given, nowMs) {
      const before = tables.workloads.get(given.id);
      const { createdAtMs = nowMs, updatedAtMs: _, ...facts } = before ?? ({} as Partial<WorkloadRow>);
      if (isDeepStrictEqual(facts, given)) return;
      for (const other of tables.workloads.values()) {
        if (other.id !== given.id && other.kind === given.kind && other.refId === given.refId) {
          throw row('RowTaken', `${given.kind} ${given.refId} is there already.`);
        }
      }
      for (const secret of [given.notificationSecret, given.webhookSecret, given.webhookSigningSecret]) {
        if (secret !== null && !/^\$\{secret:.+\}$/s.test(secret))
          throw row('RowInvalid', 'That is no reference.');
      }
      touch();
      tables.workloads.set(given.id, { ...given, createdAtMs, updatedAtMs: nowMs });
    },
    workload: (id) => copy(tables.workloads.get(id)),
    workloads: () => sorted(tables.workloads.values(), (one) => one.id),
    removeWorkload(id) {
      if (!tables.workloads.has(id)) return;
      for (const container of tables.containers.values()) {
        if (container.workloadId === id) throw row('RowReferenced', `${id} has containers.`);
      }
      touch();
      tables.workloads.delete(id);
      for (const status of [...tables.statuses.values()]) {
        if (status.workloadId === id) tables.statuses.delete(status.unit);
      }
    },

    saveStatus(status) {
      const before = tables.statuses.get(status.unit);
      const times = { sinceMs: status.sinceMs, changedMs: status.changedMs };
      if (before !== undefined && isDeepStrictEqual({ ...before, ...times }, status)) return;
      mustHave(status.workloadId);
      touch();
      tables.statuses.set(status.unit, structuredClone(status));
    },
    status: (unit) => copy(tables.statuses.get(unit)),
    statuses: () => sorted(tables.statuses.values(), (one) => one.unit),
    removeStatus(unit) {
      if (!tables.statuses.has(unit)) return;
      touch();
      tables.statuses.delete(unit);
    },

    proxyRoutes() {
      return sorted(tables.containers.values(), (one) => {
        const name = tables.workloads.get(one.workloadId)?.name ?? '';
        return `${name}\0${one.role}\0${one.id}`;
      }).flatMap((one) => {
        const workload = tables.workloads.get(one.workloadId);
        const { extra } = one;
        const text = (key: string): string | null => (typeof extra[key] === 'string' ? extra[key] : null);
        const routeKey = text('route_key');
        if (workload === undefined || routeKey === null || one.state === 'missing') return [];
        return {
          id: one.id,
          workloadId: one.workloadId,
          kind: workload.kind,
          name: workload.name,
          appId: workload.appId,
          role: one.role,
          unit: text('unit'),
          routeKey,
          domains: [...((extra.domains as string[] | undefined) ?? [])],
          subdomain: text('subdomain'),
          npmProxyId: (extra.npm_proxy_id as number | undefined) ?? null,
          proxyRouteId: text('proxy_route_id'),
          containerName: text('name'),
          imageRef: one.imageRef,
          release: text('release'),
          host: one.host,
          state: one.state,
          health: text('health'),
          port: one.port,
        };
      });
    },
    containers(filter = {}) {
      const all = sorted(tables.containers.values(), (one) => `${one.workloadId}\0${one.role}\0${one.id}`);
      return all.filter(
        (one) =>
          (filter.workloadId ?? one.workloadId) === one.workloadId &&
          (filter.kind ?? one.workloadKind) === one.workloadKind &&
          (filter.state ?? one.state) === one.state &&
          (filter.appId === undefined || tables.workloads.get(one.workloadId)?.appId === filter.appId),
      );
    },
    containerCounts() {
      const counts: Record<ContainerState, number> = {
        running: 0,
        stopped: 0,
        failed: 0,
        removing: 0,
        missing: 0,
      };
      for (const container of tables.containers.values()) counts[container.state] += 1;
      return counts;
    },
    upsertContainer(given, nowMs) {
      const before = tables.containers.get(given.id);
      const same = { createdAtMs: before?.createdAtMs, updatedAtMs: before?.updatedAtMs };
      if (
        before !== undefined &&
        isDeepStrictEqual({ ...given, ...same, lastSeenAtMs: before.lastSeenAtMs }, before)
      ) {
        return;
      }
      mustHave(given.workloadId);
      touch();
      tables.containers.set(given.id, {
        ...structuredClone(given),
        createdAtMs: before?.createdAtMs ?? nowMs,
        updatedAtMs: nowMs,
      });
    },
    removeContainer(id) {
      if (!tables.containers.has(id)) return;
      touch();
      tables.containers.delete(id);
    },

    startDeploy(given) {
      touch();
      const mine = [...tables.deploys.values()].filter((one) => one.unit === given.unit);
      const number = Math.max(0, ...mine.map((one) => one.number)) + 1;
      const deploy: DeployRow = { ...structuredClone(given), id: ++tables.lastId.deploy, number };
      tables.deploys.set(deploy.id, deploy);
      for (const old of mine) {
        if (old.number <= number - 50) tables.logs = tables.logs.filter((line) => line.deployId !== old.id);
        if (old.number <= number - 1_000 && old.status !== 'success') tables.deploys.delete(old.id);
      }
      return structuredClone(deploy);
    },
    updateDeploy(id, change) {
      const before = tables.deploys.get(id);
      if (before === undefined) throw row('RowMissing', `The deploy ${id} is not there.`);
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const after = { ...before, ...structuredClone(given) };
      if (isDeepStrictEqual(before, after)) return;
      touch();
      tables.deploys.set(id, after);
    },
    deploy: (id) => copy(tables.deploys.get(id)),
    deploys: (unit, page) =>
      paged(
        [...tables.deploys.values()].filter((one) => unit === null || one.unit === unit),
        page,
      ),
    provenHashes(unit) {
      const good = [...tables.deploys.values()].filter(
        (one) => one.unit === unit && one.status === 'success',
      );
      return [...new Set(good.map((one) => one.specHash).filter((hash) => hash !== null))].sort();
    },
    addDeployLog(line) {
      if (!tables.deploys.has(line.deployId))
        throw row('RowMissing', `The deploy ${line.deployId} is not there.`);
      touch();
      tables.logs.push({ ...line });
    },
    deployLogs: (deployId) => structuredClone(tables.logs.filter((line) => line.deployId === deployId)),

    addEvent(given) {
      touch();
      const event = { id: ++tables.lastId.event, ...given };
      tables.events = [...tables.events, event].slice(-10_000);
      return { ...event };
    },
    events: ({ unit, ...page }) =>
      paged(
        tables.events.filter((one) => unit === undefined || one.unit === unit),
        page,
      ),

    addDelivery(given) {
      if (tables.deliveries.some((one) => one.hook === given.hook && one.deliveryId === given.deliveryId))
        return false;
      touch();
      tables.deliveries = [...tables.deliveries, { id: ++tables.lastId.delivery, ...given }].slice(-1_000);
      return true;
    },
    deliveries: (page) => paged(tables.deliveries, page),

    addMonitorResult(given) {
      touch();
      const all = [...tables.monitorResults, { id: ++tables.lastId.monitor, ...given }];
      const own = all.filter((one) => one.unit === given.unit);
      const oldest = own.at(-500)?.id ?? 0;
      tables.monitorResults = all.filter((one) => one.unit !== given.unit || one.id >= oldest);
    },
    monitorResults: (unit, page) =>
      paged(
        tables.monitorResults.filter((one) => one.unit === unit),
        page,
      ),

    renameUnit({ from, to, workload: { id, name, before } }) {
      touch();
      const old = tables.workloads.get(before);
      if (old !== undefined && !tables.workloads.has(id))
        tables.workloads.set(id, { ...old, id, refId: name, name });
      const status = tables.statuses.get(from);
      if (status !== undefined) {
        tables.statuses.delete(from);
        tables.statuses.set(to, { ...status, unit: to, workloadId: id });
      }
      for (const [key, one] of tables.containers)
        if (one.extra.unit === from)
          tables.containers.set(key, { ...one, workloadId: id, extra: { ...one.extra, unit: to } });
      const last = Math.max(
        0,
        ...[...tables.deploys.values()].flatMap((one) => (one.unit === to ? one.number : [])),
      );
      for (const [key, one] of tables.deploys)
        if (one.unit === from)
          tables.deploys.set(key, { ...one, unit: to, workloadId: id, number: one.number + last });
      tables.events = tables.events.map((one) => (one.unit === from ? { ...one, unit: to } : one));
      tables.monitorResults = tables.monitorResults.map((one) =>
        one.unit === from ? { ...one, unit: to } : one,
      );
      const isNeeded = [...tables.containers.values(), ...tables.statuses.values()].some(
        ({ workloadId }) => workloadId === before,
      );
      if (!isNeeded) tables.workloads.delete(before);
    },

    cacheGet: (key) => tables.cache.get(key) ?? null,
    cacheSet(key, value) {
      if (tables.cache.get(key) === value) return;
      touch();
      tables.cache.set(key, value);
    },
    cacheKeep(prefix, keys) {
      const stale = [...tables.cache.keys()].filter((key) => key.startsWith(prefix) && !keys.includes(key));
      transaction(() => {
        for (const key of stale) {
          touch();
          tables.cache.delete(key);
        }
      });
    },
  };
  return store;
}

function row(reason: 'RowMissing' | 'RowTaken' | 'RowReferenced' | 'RowInvalid', message: string): Fault {
  const code = reason.replace('Row', 'ROW_').toUpperCase();
  return fault({ code, reason, message, disposition: 'conflict' });
}

function copy<T>(value: T | undefined): T | null {
  return value === undefined ? null : structuredClone(value);
}

function sorted<T>(values: Iterable<T>, by: (value: T) => string): T[] {
  return structuredClone([...values]).sort((a, b) => (by(a) < by(b) ? -1 : 1));
}

function paged<T extends { id: number }>(rows: readonly T[], page: Page): T[] {
  const before = rows.filter((one) => one.id < (page.beforeId ?? Number.POSITIVE_INFINITY));
  const limit = Math.min(Math.max(Math.trunc(page.limit) || 1, 1), 1_000);
  return structuredClone(before.sort((a, b) => b.id - a.id).slice(0, limit));
}
