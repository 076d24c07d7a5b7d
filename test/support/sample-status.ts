// Statuses, sources and an overview as a day in a small house would have them.
import { problem } from '../../src/core/problem.ts';
import type { EngineStatus, Overview, SourceStatus, UnitStatus } from '../../src/model/status.ts';

/** 21 Nov 2026, 16:02:31 in Vienna. */
export const NOW_MS = Date.UTC(2026, 10, 21, 15, 2, 31, 304);
export const REVISION = 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678';
export const OLD_DIGEST = 'sha256:4be1c09d2e4f6a8b0c2d4e6f8a0b2c4d6e8f0a2b4c6d8e0f2a4b6c8d0e2f4a6b';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function unitStatus(unit: string, facts: Partial<UnitStatus> = {}): UnitStatus {
  const [name = unit, role = ''] = unit.split('/');
  const kind = facts.kind ?? (role === '' ? 'stack' : 'project');
  return {
    unit,
    workloadId: `${kind}.${name}`,
    kind,
    name,
    role: kind === 'project' && role === '' ? 'default' : role,
    host: 'local',
    app: null,
    outcome: 'converged',
    reason: 'Converged',
    sentence: `runs ${facts.runs ?? '1.0'} as declared, healthy`,
    runs: '1.0',
    wants: facts.runs ?? '1.0',
    health: { status: 'healthy', ready: 1, total: 1, detail: null },
    strategy: null,
    domains: [],
    dependsOn: [],
    place: { source: 'home', file: `forge.d/${name}.yaml`, line: 2, column: 1 },
    source: 'home',
    lastAttemptedRevision: REVISION,
    lastAppliedRevision: REVISION,
    digest: null,
    specHash: null,
    problems: [],
    next: null,
    sinceMs: NOW_MS - 3 * DAY,
    changedMs: NOW_MS - 3 * DAY,
    deployId: null,
    ...facts,
  };
}

export const rolledBack = unitStatus('shop/prod', {
  app: 'storefront',
  outcome: 'rolled-back',
  reason: 'Unhealthy',
  sentence: 'runs 2.1.3; 2.1.4 did not become healthy in 20 s: GET /healthz answered 503 five times',
  runs: '2.1.3',
  wants: '2.1.4',
  health: { status: 'healthy', ready: 2, total: 2, detail: null },
  strategy: 'blue-green',
  domains: ['shop.example.com'],
  dependsOn: ['database'],
  place: { source: 'home', file: 'forge.d/shop.yaml', line: 14, column: 5 },
  lastAppliedRevision: '77aa012c3d4e5f60718293a4b5c6d7e8f9012345',
  digest: OLD_DIGEST,
  specHash: '4be1c0d1e2f3a4b5',
  next: 'a change of its manifest, a new image, or `tinyforge resume` lifts it',
  sinceMs: NOW_MS - 2 * HOUR,
  changedMs: NOW_MS - 2 * HOUR,
});

export const held = unitStatus('immich', {
  outcome: 'held',
  reason: 'Held',
  sentence: 'runs as last applied; forge.d/immich.yaml:9:3: `enviroment` is not a key of stack',
  runs: 'v2.3.1',
  wants: null,
  domains: ['photos.example.com'],
  place: { source: 'home', file: 'forge.d/immich.yaml', line: 1, column: 1 },
  problems: [
    problem({
      reason: 'UnknownKey',
      message: '`enviroment` is not a key of stack. Did you mean `environment`?',
      effect: 'immich runs as last applied.',
      hint: 'Correct the key; all keys: `tinyforge schema stack`.',
      workload: 'immich',
      source: 'home',
      file: 'forge.d/immich.yaml',
      line: 9,
      column: 3,
      path: 'enviroment',
    }),
  ],
  sinceMs: NOW_MS - 142 * MINUTE,
  changedMs: NOW_MS - 5 * DAY,
});

export const progressing = unitStatus('wiki/prod', {
  outcome: 'progressing',
  reason: 'Progressing',
  sentence: '4.1.0 → 4.2.0: pulling the image',
  runs: '4.1.0',
  wants: '4.2.0',
  domains: ['wiki.example.com'],
  sinceMs: NOW_MS - 16_000,
  changedMs: NOW_MS,
  deployId: 315,
});

export const waiting = unitStatus('gitea', {
  outcome: 'waiting',
  reason: 'DependencyNotReady',
  sentence: 'gitea waits for database, which is unhealthy since 15:51',
  runs: '1.24.2',
  wants: '1.24.3',
  domains: ['git.example.com'],
  dependsOn: ['database'],
  next: 'goes on when database is healthy',
  sinceMs: NOW_MS - 11 * MINUTE,
  changedMs: NOW_MS - 9 * DAY,
});

export const suspended = unitStatus('paperless', {
  outcome: 'suspended',
  reason: 'Suspended',
  sentence: "suspended by admin: 'moving disks'",
  runs: '2.18',
  domains: ['paper.example.com'],
  sinceMs: NOW_MS - 3 * DAY,
  changedMs: NOW_MS - 3 * DAY,
});

export const failed = unitStatus('ledger', {
  outcome: 'failed',
  reason: 'StartFailed',
  sentence: 'ledger-81fe20-1 ended at once with exit 1',
  runs: null,
  wants: '0.9',
  health: { status: 'unhealthy', ready: 0, total: 1, detail: 'ledger-81fe20-1 is exited' },
  sinceMs: NOW_MS - 4 * MINUTE,
  changedMs: NOW_MS - 4 * MINUTE,
});

export const fresh = unitStatus('shop/staging', {
  app: 'storefront',
  runs: 'main',
  domains: ['staging-shop.example.com'],
  sinceMs: NOW_MS - 26 * MINUTE,
  changedMs: NOW_MS - 26 * MINUTE,
});

export function calmUnits(count: number): UnitStatus[] {
  return Array.from({ length: count }, (_, index) =>
    unitStatus(`calm-${String(index + 1).padStart(2, '0')}`, { changedMs: NOW_MS - (30 + index) * DAY }),
  );
}

export const home: SourceStatus = {
  name: 'home',
  type: 'git',
  address: 'ssh://git.example.com/me/infra.git',
  revision: REVISION,
  ref: 'main',
  commit: { author: 'me', subject: 'shop: 2.1.4', atMs: NOW_MS - 5 * HOUR },
  fetchedMs: NOW_MS - 40_000,
  problem: null,
  problems: 1,
};

export const local: EngineStatus = {
  name: 'local',
  reachable: true,
  version: '26.1.4',
  apiVersion: '1.45',
  containers: 31,
  problem: null,
};

export function overviewOf(units: UnitStatus[], facts: Partial<Overview> = {}): Overview {
  return {
    controller: 'default',
    version: '0.1.0',
    passId: '8f2',
    lastPassMs: NOW_MS - 12_000,
    units,
    sources: [home],
    engines: [local],
    problems: [],
    orphans: [],
    ...facts,
  };
}

/** 24 workloads: two need somebody, one is under way, one waits. */
export const busyDay: Overview = overviewOf([
  rolledBack,
  held,
  progressing,
  waiting,
  fresh,
  ...calmUnits(19),
]);
