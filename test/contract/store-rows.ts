// Rows to put into a store, complete, so that a test says only what it is about.
import type { DeliveryRow, DeployRow, EventRow } from '../../src/model/record.ts';
import type { UnitStatus } from '../../src/model/status.ts';
import type { Store } from '../../src/ports/store.ts';

export type GivenWorkload = Parameters<Store['upsertWorkload']>[0];
export type GivenContainer = Parameters<Store['upsertContainer']>[0];

export function workload(change: Partial<GivenWorkload> = {}): GivenWorkload {
  return {
    id: 'project.shop',
    kind: 'project',
    refId: 'shop',
    name: 'shop',
    appId: null,
    notificationUrl: null,
    notificationSecret: null,
    webhookSecret: null,
    webhookSigningSecret: null,
    webhookRequireSignature: false,
    ...change,
  };
}

export function container(change: Partial<GivenContainer> = {}): GivenContainer {
  return {
    id: 'local/c1',
    workloadId: 'project.shop',
    workloadKind: 'project',
    role: 'prod',
    containerId: 'c1',
    imageRef: 'ghcr.io/acme/shop:2.1.4',
    host: 'local',
    state: 'running',
    port: 8080,
    lastSeenAtMs: 1_000,
    extra: { replica: 1, name: 'shop-prod-4be1c0-1', ports: [{ target: 8080 }] },
    ...change,
  };
}

export function status(change: Partial<UnitStatus> = {}): UnitStatus {
  return {
    unit: 'shop/prod',
    workloadId: 'project.shop',
    kind: 'project',
    name: 'shop',
    role: 'prod',
    host: 'local',
    app: null,
    outcome: 'converged',
    reason: 'Converged',
    sentence: 'shop/prod runs 2.1.4.',
    runs: '2.1.4',
    wants: null,
    health: { status: 'healthy', ready: 2, total: 2, detail: null },
    strategy: 'blue-green',
    domains: ['shop.example.com'],
    dependsOn: [],
    place: { source: 'home', file: 'shop.yaml', line: 14, column: 3 },
    source: 'home',
    lastAttemptedRevision: 'a1b2c3d',
    lastAppliedRevision: 'a1b2c3d',
    digest: null,
    specHash: null,
    problems: [],
    next: null,
    sinceMs: 1_000,
    changedMs: null,
    deployId: null,
    ...change,
  };
}

export function deploy(
  change: Partial<Omit<DeployRow, 'id' | 'number'>> = {},
): Omit<DeployRow, 'id' | 'number'> {
  return {
    unit: 'shop/prod',
    workloadId: 'project.shop',
    status: 'pending',
    fromVersion: '2.1.3',
    toVersion: '2.1.4',
    specHash: 'hash-1',
    digest: 'sha256:77ab01c',
    revision: 'a1b2c3d',
    cause: 'tag 2.1.3 → 2.1.4',
    reason: null,
    message: null,
    startedAtMs: 1_000,
    finishedAtMs: null,
    proof: null,
    steps: [{ name: 'pull', status: 'now', startedAtMs: 1_000, finishedAtMs: null, detail: null }],
    ...change,
  };
}

export function event(change: Partial<Omit<EventRow, 'id'>> = {}): Omit<EventRow, 'id'> {
  return {
    atMs: 1_000,
    severity: 'info',
    unit: null,
    reason: 'Converged',
    message: 'All is well.',
    ...change,
  };
}

export function delivery(change: Partial<Omit<DeliveryRow, 'id'>> = {}): Omit<DeliveryRow, 'id'> {
  return {
    hook: 'hub',
    sender: 'github',
    deliveryId: 'd1',
    receivedAtMs: 1_000,
    kind: 'git',
    summary: 'me/infra refs/heads/main',
    outcome: 'accepted',
    ...change,
  };
}
