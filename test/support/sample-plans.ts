// Plans of every shape, as the planners make them, for printers and displays.

import { problem } from '../../src/core/problem.ts';
import type { Action } from '../../src/model/action.ts';
import type { ContainerSpec, HealthCheck } from '../../src/model/container-spec.ts';
import type { Plan, UnitPlan } from '../../src/model/plan.ts';

type Bare<T> = T extends Action ? Omit<T, 'unit' | 'host' | 'cause'> : never;

const TIMING = { intervalMs: 2_000, timeoutMs: 5_000, retries: 5, startPeriodMs: 10_000 };
const HTTP: HealthCheck = { type: 'http', path: '/healthz', port: 8080, timing: TIMING };

/** An id as an engine gives it, the same for the same letter. */
export function id(letter: string): string {
  return letter.repeat(64);
}

export function unitPlan(
  unit: string,
  facts: Omit<Partial<UnitPlan>, 'actions'> & { actions?: Bare<Action>[] } = {},
): UnitPlan {
  const { actions = [], ...rest } = facts;
  return {
    unit,
    kind: 'project',
    host: 'local',
    cause: null,
    strategy: null,
    downtime: null,
    blocked: null,
    notices: [],
    runs: null,
    wants: null,
    generation: null,
    health: { status: 'healthy', ready: 1, total: 1, detail: null },
    onFailure: null,
    ...rest,
    actions: actions.map(
      (action) => ({ ...action, unit, host: 'local', cause: rest.cause?.text ?? '' }) as Action,
    ),
  };
}

export function planOf(...units: UnitPlan[]): Plan {
  return {
    revisions: { home: 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678' },
    units,
    orphans: [],
    problems: [],
  };
}

function create(name: string): Bare<Action> {
  return {
    type: 'createContainer',
    phase: 'prepare',
    name,
    spec: {} as ContainerSpec,
    labels: {},
    endpoints: [],
    publishForProbe: null,
  };
}

function healthy(container: string, phase: 'prove' | 'switch', version: string): Bare<Action> {
  return { type: 'awaitHealthy', phase, container, check: HTTP, version };
}

export const blueGreen = unitPlan('shop/prod', {
  cause: { type: 'change', text: '2.1.3 → 2.1.4' },
  strategy: 'blue-green',
  runs: '2.1.3',
  wants: '2.1.4',
  onFailure: 'stop the new, keep 2.1.3, quarantine 2.1.4',
  actions: [
    { type: 'pullImage', phase: 'prepare', image: 'ghcr.io/acme/shop:2.1.4' },
    create('shop-prod-4be1c0-1'),
    create('shop-prod-4be1c0-2'),
    { type: 'startContainer', phase: 'prove', container: 'shop-prod-4be1c0-1' },
    { type: 'startContainer', phase: 'prove', container: 'shop-prod-4be1c0-2' },
    healthy('shop-prod-4be1c0-1', 'prove', '2.1.4'),
    healthy('shop-prod-4be1c0-2', 'prove', '2.1.4'),
    {
      type: 'connectNetwork',
      phase: 'switch',
      container: 'shop-prod-4be1c0-1',
      network: 'shop',
      aliases: ['shop-prod'],
    },
    {
      type: 'connectNetwork',
      phase: 'switch',
      container: 'shop-prod-4be1c0-2',
      network: 'shop',
      aliases: ['shop-prod'],
    },
    {
      type: 'drain',
      phase: 'drain',
      container: 'shop-prod-4be1c0-1',
      leaving: [id('a'), id('b')],
      ms: 10_000,
    },
    { type: 'stopContainer', phase: 'clean', container: id('a'), graceMs: 10_000 },
    { type: 'removeContainer', phase: 'clean', container: id('a') },
    { type: 'stopContainer', phase: 'clean', container: id('b'), graceMs: 10_000 },
    { type: 'removeContainer', phase: 'clean', container: id('b') },
  ],
});

export const recreate = unitPlan('miniflux', {
  cause: { type: 'change', text: '2.2.1 → 2.2.2' },
  strategy: 'recreate',
  downtime: { ms: 6_000, why: 'volume miniflux_data has one writer' },
  runs: '2.2.1',
  wants: '2.2.2',
  onFailure: 'stop the new, keep 2.2.1, quarantine 2.2.2',
  actions: [
    { type: 'pullImage', phase: 'prepare', image: 'docker.io/miniflux/miniflux:2.2.2' },
    { type: 'ensureVolume', phase: 'prepare', volume: 'miniflux_data', labels: {} },
    create('miniflux-0c9d44-1'),
    { type: 'stopContainer', phase: 'switch', container: id('c'), graceMs: 10_000 },
    { type: 'startContainer', phase: 'switch', container: 'miniflux-0c9d44-1' },
    healthy('miniflux-0c9d44-1', 'switch', '2.2.2'),
    { type: 'removeContainer', phase: 'clean', container: id('c') },
  ],
});

export const stackNew = unitPlan('immich', {
  kind: 'stack',
  cause: { type: 'create', text: 'new: database, immich-server, redis' },
  strategy: 'compose',
  wants: 'v2.3.1',
  actions: [
    { type: 'pullImage', phase: 'prepare', image: 'ghcr.io/immich-app/immich-server:v2.3.1' },
    { type: 'pullImage', phase: 'prepare', image: 'docker.io/library/redis:8' },
    { type: 'materialiseStack', phase: 'prepare', files: 'h1' },
    {
      type: 'composeUp',
      phase: 'switch',
      project: 'immich-app',
      model: 'desired',
      services: { database: 'a', 'immich-server': 'b', redis: 'c' },
    },
    {
      type: 'awaitServices',
      phase: 'switch',
      project: 'immich-app',
      services: { database: 'a', 'immich-server': 'b', redis: 'c' },
      jobs: [],
      toTheEnd: [],
    },
  ],
});

export const stackChange = unitPlan('immich', {
  kind: 'stack',
  cause: { type: 'change', text: 'immich-server changed' },
  strategy: 'compose',
  downtime: { ms: 5_000, why: 'Compose stops immich-server before it starts the new one' },
  runs: 'v2.3.1',
  wants: 'v2.4.0',
  onFailure: 'bring the last good files up again, quarantine the new ones',
  actions: [
    {
      type: 'composeUp',
      phase: 'switch',
      project: 'immich-app',
      model: 'desired',
      services: { 'immich-server': 'b' },
    },
    {
      type: 'awaitServices',
      phase: 'switch',
      project: 'immich-app',
      services: { 'immich-server': 'b' },
      jobs: [],
      toTheEnd: [],
    },
  ],
});

export const site = unitPlan('docs', {
  kind: 'site',
  cause: { type: 'change', text: '9f8e7d6 → a1b2c3d' },
  strategy: 'blue-green',
  runs: '9f8e7d6',
  wants: 'a1b2c3d',
  onFailure: 'stop the new, keep 9f8e7d6, quarantine a1b2c3d',
  notices: [
    problem({
      severity: 'info',
      reason: 'NoProxy',
      message: 'docs.example.com is declared and no proxy is configured',
      effect: 'The site is reached at its container only.',
      hint: 'Add `proxy:` to tinyforge.yaml.',
    }),
  ],
  actions: [
    create('docs-77ab01-1'),
    { type: 'putArchive', phase: 'prove', container: 'docs-77ab01-1', spec: { files: [], trees: [] } },
    { type: 'startContainer', phase: 'prove', container: 'docs-77ab01-1' },
    {
      type: 'awaitHealthy',
      phase: 'prove',
      container: 'docs-77ab01-1',
      check: { ...HTTP, path: '/', port: 80 },
      version: 'a1b2c3d',
    },
    {
      type: 'connectNetwork',
      phase: 'switch',
      container: 'docs-77ab01-1',
      network: 'docs',
      aliases: ['docs'],
    },
    { type: 'stopContainer', phase: 'clean', container: id('d'), graceMs: 10_000 },
    { type: 'removeContainer', phase: 'clean', container: id('d') },
  ],
});

export const prune = unitPlan('old-blog', {
  cause: { type: 'remove', text: 'removed from home in a1b2c3d' },
  runs: '1.0',
  actions: [
    { type: 'stopContainer', phase: 'clean', container: id('e'), graceMs: 10_000 },
    { type: 'removeContainer', phase: 'clean', container: id('e') },
    { type: 'removeNetwork', phase: 'clean', network: 'old-blog' },
  ],
});

export const driftHeal = unitPlan('wiki', {
  cause: { type: 'drift', text: 'wiki-81fe20-1 is stopped (exit 137)' },
  runs: '4.2.0',
  wants: '4.2.0',
  actions: [
    { type: 'startContainer', phase: 'prove', container: 'wiki-81fe20-1' },
    healthy('wiki-81fe20-1', 'prove', '4.2.0'),
  ],
});

export const rollback = unitPlan('shop/prod', {
  cause: { type: 'rollback', text: '2.1.4 failed, back to 2.1.3' },
  runs: '2.1.3',
  wants: '2.1.4',
  actions: [
    {
      type: 'quarantine',
      phase: 'clean',
      specHash: 's',
      digest: 'd',
      release: '2.1.4',
      reason: 'Unhealthy',
      message: 'GET /healthz answered 503',
    },
    { type: 'stopContainer', phase: 'clean', container: id('f'), graceMs: 10_000 },
    { type: 'renameContainer', phase: 'clean', container: id('f'), name: 'shop-prod-4be1c0-1-failed' },
  ],
});

export const blockedByPort = unitPlan('gitea', {
  cause: { type: 'change', text: '1.24.2 → 1.24.3' },
  strategy: 'recreate',
  runs: '1.24.2',
  wants: '1.24.3',
  generation: { specHash: 'aa11bb', digest: '' },
  blocked: {
    wait: false,
    problem: problem({
      reason: 'PortTaken',
      message:
        'gitea cannot start: port 3000 on the host belongs to container old-gitea, which is not part of it',
      effect: 'Nothing was stopped.',
      next: 'Looked at again in each pass.',
      hint: 'Stop old-gitea, or change `ports`.',
      workload: 'gitea',
    }),
  },
  actions: [create('gitea-aa11bb-1')],
});

export const waitsForDatabase = unitPlan('api', {
  cause: { type: 'change', text: '3.0 → 3.1' },
  runs: '3.0',
  wants: '3.1',
  generation: { specHash: 'cc22dd', digest: '' },
  actions: [create('api-cc22dd-1')],
  blocked: {
    wait: true,
    problem: problem({
      severity: 'info',
      reason: 'DependencyNotReady',
      message: 'api waits for database, which is unhealthy',
      effect: 'What runs is untouched.',
      hint: '`tinyforge why database`',
      workload: 'api',
    }),
  },
});

export function calm(units: number): UnitPlan[] {
  return Array.from({ length: units }, (_, index) =>
    unitPlan(`calm-${index + 1}`, { runs: '1', wants: '1' }),
  );
}
