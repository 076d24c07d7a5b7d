// The index and the diary. Synchronous, one writer; deleting it loses history and nothing that runs.
import type { ContainerState } from '../model/outcome.ts';
import type {
  ContainerRow,
  DeliveryRow,
  DeployLogRow,
  DeployRow,
  EventRow,
  MonitorRow,
  ProxyRouteRow,
} from '../model/record.ts';
import type { UnitStatus } from '../model/status.ts';
import type { UnitId } from '../model/unit.ts';

export interface WorkloadRow {
  id: string;
  kind: string;
  refId: string;
  name: string;
  appId: string | null;
  /** References (`${secret:NAME}`), never values. */
  notificationUrl: string | null;
  notificationSecret: string | null;
  webhookSecret: string | null;
  webhookSigningSecret: string | null;
  webhookRequireSignature: boolean;
  createdAtMs: number;
  updatedAtMs: number;
}

export interface Page {
  limit: number;
  beforeId?: number | undefined;
}

/** Writes throw faults: RowMissing, RowTaken (unique), RowReferenced (foreign key); never raw SQL errors. */
export interface Store {
  /** Runs all writes of `work` in one transaction. */
  transaction<T>(work: () => T): T;

  upsertWorkload(row: Omit<WorkloadRow, 'createdAtMs' | 'updatedAtMs'>, nowMs: number): void;
  workload(id: string): WorkloadRow | null;
  workloads(): WorkloadRow[];
  removeWorkload(id: string): void;

  /** Status per unit, as last recorded; written only when something but times changed. */
  saveStatus(status: UnitStatus): void;
  status(unit: UnitId): UnitStatus | null;
  statuses(): UnitStatus[];
  removeStatus(unit: UnitId): void;

  containers(filter?: {
    workloadId?: string | undefined;
    kind?: string | undefined;
    state?: string | undefined;
    appId?: string | undefined;
  }): ContainerRow[];
  /** How many containers are in each state. */
  containerCounts(): Record<ContainerState, number>;
  /** Containers that a route leads to, by name of the workload; what is missing is left out. */
  proxyRoutes(): ProxyRouteRow[];
  upsertContainer(row: Omit<ContainerRow, 'createdAtMs' | 'updatedAtMs'>, nowMs: number): void;
  removeContainer(id: string): void;

  startDeploy(row: Omit<DeployRow, 'id' | 'number'>): DeployRow;
  updateDeploy(id: number, change: Partial<Omit<DeployRow, 'id' | 'number' | 'unit'>>): void;
  deploy(id: number): DeployRow | null;
  deploys(unit: UnitId | null, page: Page): DeployRow[];
  /** Spec hashes of this unit whose deploy succeeded. */
  provenHashes(unit: UnitId): string[];
  addDeployLog(row: DeployLogRow): void;
  deployLogs(deployId: number): DeployLogRow[];

  addEvent(row: Omit<EventRow, 'id'>): EventRow;
  events(filter: Page & { unit?: UnitId | undefined }): EventRow[];

  /** False when (hook, delivery id) was seen before. */
  addDelivery(row: Omit<DeliveryRow, 'id'>): boolean;
  deliveries(page: Page): DeliveryRow[];

  /** What was seen of the other end of a stand-alone proxy. The newest five hundred of a unit are kept. */
  addMonitorResult(row: Omit<MonitorRow, 'id'>): void;
  monitorResults(unit: UnitId, page: Page): MonitorRow[];

  /** Small cached facts that may be lost: resolved stack hashes, last known digests. */
  cacheGet(key: string): string | null;
  cacheSet(key: string, value: string): void;
  /** Drops entries of this prefix whose key is not in the list. */
  cacheKeep(prefix: string, keys: readonly string[]): void;

  /** All that is told of a unit is told of it by its new name: status, containers, deploys, events. Idempotent. */
  renameUnit(move: {
    from: UnitId;
    to: UnitId;
    workload: { id: string; kind: string; name: string; before: string };
  }): void;

  /** Number of write transactions since the start: law 2 is measured with it. */
  writes(): number;
  /**
   * Opens a new file where ours was deleted under us (law 7), and says true: whoever remembers rows must forget them
   * and write all of them again. Call it between passes, with no deploy under way.
   */
  reopenIfLost(): boolean;
  close(): void;
}
