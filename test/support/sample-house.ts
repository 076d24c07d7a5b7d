// A house with everything in it: all eight outcomes, a deploy under way, a quarantine with evidence, a source away.
import { problem } from '../../src/core/problem.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { ContainerRow, DeployRow, DeployStep } from '../../src/model/record.ts';
import type { Overview, UnitStatus } from '../../src/model/status.ts';
import type { QuarantineEntry, Suspension } from '../../src/model/world.ts';
import type { Store } from '../../src/ports/store.ts';
import { createFakeStore } from './fake-store.ts';
import { blockedByPort, blueGreen, planOf, recreate, unitPlan } from './sample-plans.ts';
import * as sample from './sample-status.ts';

const { NOW_MS, OLD_DIGEST, REVISION, unitStatus } = sample;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface House {
  overview: Overview;
  plan: Plan;
  store: Store;
  quarantine: QuarantineEntry[];
  suspensions: Suspension[];
}

const degraded = unitStatus('mailer', {
  outcome: 'degraded',
  reason: 'Unhealthy',
  sentence: 'runs 3.4, 1 of 2 not well: GET /ready answered 500',
  runs: '3.4',
  health: { status: 'unhealthy', ready: 1, total: 2, detail: 'GET /ready answered 500' },
  dependsOn: ['shop/prod'],
  sinceMs: NOW_MS - 31 * MINUTE,
  changedMs: NOW_MS - 12 * DAY,
});

const rolledBack: UnitStatus = { ...sample.rolledBack, dependsOn: ['database', 'shop/staging'] };

const database = unitStatus('database', {
  runs: '17.2',
  sinceMs: NOW_MS - 40 * DAY,
  changedMs: NOW_MS - 40 * DAY,
});

const away = problem({
  reason: 'GitAway',
  message: 'git.example.org does not answer (connection timed out), for 12 min now.',
  effect: 'What runs stays as of 4f5e6d7 and is still healed.',
  next: 'Tried again in 60 s.',
  source: 'edge',
});

/** `calm` more units that run as declared, beside the nine that each show something. */
export function createHouse(options: { calm?: number } = {}): House {
  const store = createFakeStore();
  const units = [
    sample.failed,
    degraded,
    rolledBack,
    sample.held,
    sample.progressing,
    sample.waiting,
    sample.suspended,
    database,
    sample.fresh,
    ...sample.calmUnits(options.calm ?? 6),
  ];
  for (const id of new Set(units.map((unit) => unit.workloadId))) addWorkload(store, id, units);
  const running = fillDeploys(store, units);
  fillContainers(store);
  fillEvents(store);
  const overview = sample.overviewOf(
    units.map((unit) => (unit.unit === 'wiki/prod' ? { ...unit, deployId: running.id } : unit)),
    {
      sources: [
        sample.home,
        {
          ...sample.home,
          name: 'edge',
          address: 'https://git.example.org/me/edge.git',
          revision: '4f5e6d7c8b9a0f1e2d3c4b5a69788796a5b4c3d2',
          fetchedMs: NOW_MS - 12 * MINUTE,
          problem: away,
        },
      ],
      orphans: [
        {
          unit: 'old-blog',
          why: 'its manifest said prune: false',
          containers: ['old-blog-91c2aa-1'],
        },
      ],
    },
  );
  const plan = planOf(
    blueGreen,
    recreate,
    blockedByPort,
    ...units.slice(7).map(({ unit }) => unitPlan(unit)),
  );
  return { overview, plan, store, quarantine: [badShop, badLedger], suspensions: [movingDisks] };
}

const badShop: QuarantineEntry = {
  unit: 'shop/prod',
  specHash: '77ab01c0d1e2f3a4',
  digest: OLD_DIGEST,
  release: '2.1.4',
  reason: 'Unhealthy',
  message: '2.1.4 did not become healthy in 20 s: GET http://shop-prod:8080/healthz answered 503, five times',
  evidence: ['{"status":"down","reason":"database migration 41 is missing"}'],
  atMs: NOW_MS - 2 * HOUR,
};

const badLedger: QuarantineEntry = {
  unit: 'ledger',
  specHash: '81fe20aa00bb11cc',
  digest: OLD_DIGEST,
  release: '0.9',
  reason: 'StartFailed',
  message: 'ledger-81fe20-1 ended at once with exit 1',
  evidence: ['ledger: cannot read /etc/ledger.toml: permission denied'],
  atMs: NOW_MS - 4 * MINUTE,
};

const movingDisks: Suspension = {
  unit: 'paperless',
  by: 'admin',
  why: 'moving disks',
  sinceMs: NOW_MS - 3 * DAY,
};

function addWorkload(store: Store, id: string, units: readonly UnitStatus[]): void {
  const unit = units.find((each) => each.workloadId === id);
  if (unit === undefined) return;
  store.upsertWorkload(
    {
      id,
      kind: unit.kind,
      refId: unit.name,
      name: unit.name,
      appId: unit.app,
      notificationUrl: '${secret:ntfy-url}',
      notificationSecret: '${secret:ntfy-token}',
      webhookSecret: null,
      webhookSigningSecret: null,
      webhookRequireSignature: true,
    },
    NOW_MS - 50 * DAY,
  );
}

const GOOD = ['Pull', 'Start', 'Health', 'Switch', 'Drain', 'Clean up'];
const TIMES = [14_000, 1_800, 6_200, 400, 10_000, 2_000];

function goodSteps(startMs: number): DeployStep[] {
  let atMs = startMs;
  return GOOD.map((name, index) => {
    const startedAtMs = atMs;
    atMs += TIMES[index] ?? 0;
    return {
      name,
      status: 'done',
      startedAtMs,
      finishedAtMs: atMs,
      detail: name === 'Pull' ? '91 MB' : null,
    };
  });
}

function good(
  unit: UnitStatus,
  agoMs: number,
  versions: [string | null, string],
): Omit<DeployRow, 'id' | 'number'> {
  const startedAtMs = NOW_MS - agoMs;
  return {
    unit: unit.unit,
    workloadId: unit.workloadId,
    status: 'success',
    fromVersion: versions[0],
    toVersion: versions[1],
    specHash: '4be1c0d1e2f3a4b5',
    digest: OLD_DIGEST,
    revision: REVISION,
    cause: versions[0] === null ? 'first version' : `tag ${versions[0]} → ${versions[1]}`,
    reason: null,
    message: null,
    startedAtMs,
    finishedAtMs: startedAtMs + 36_000,
    proof: null,
    steps: goodSteps(startedAtMs),
  };
}

function fillDeploys(store: Store, units: readonly UnitStatus[]): DeployRow {
  const unitOf = (name: string) => units.find(({ unit }) => unit === name) ?? database;
  for (const unit of units.filter((each) => each.runs !== null)) {
    const many = unit.unit === 'paperless' ? 4 : unit.unit.startsWith('calm') ? 2 : 11;
    for (let n = many; n > 0; n--)
      store.startDeploy(
        good(unit, (n + 2) * 3 * DAY, [n === many ? null : `1.${many - n}`, unit.runs ?? '']),
      );
  }
  const shop = store.startDeploy(badDeploy(unitOf('shop/prod'), 'rolled_back', 2 * HOUR));
  const lines: [number, 'info' | 'warn' | 'error', string, string][] = [
    [11, 'info', 'prepare', 'pulling ghcr.io/acme/shop:2.1.4'],
    [25, 'info', 'prepare', 'starting shop-prod-77ab01-1'],
    [27, 'info', 'prove', 'waiting until shop-prod-77ab01-1 is healthy'],
    [46, 'error', 'prove', '2.1.4 did not become healthy in 20 s: GET /healthz answered 503, five times'],
    [46, 'warn', 'evidence', '{"status":"down","reason":"database migration 41 is missing"}'],
    [46, 'warn', 'evidence', '\u001b[31merror\u001b[0m migration 41 is missing, run "migrate up"'],
    [47, 'info', 'clean', 'removing shop-prod-77ab01-1'],
  ];
  for (const [second, level, phase, text] of lines)
    store.addDeployLog({ deployId: shop.id, atMs: shop.startedAtMs + second * SECOND, level, phase, text });
  store.startDeploy(badDeploy(unitOf('ledger'), 'failed', 4 * MINUTE));
  return startWiki(store, unitOf('wiki/prod'));
}

function badDeploy(
  unit: UnitStatus,
  status: 'rolled_back' | 'failed',
  agoMs: number,
): Omit<DeployRow, 'id' | 'number'> {
  const startedAtMs = NOW_MS - agoMs;
  const [pull, start, health, ...rest] = goodSteps(startedAtMs);
  const skip = (step: DeployStep): DeployStep => ({
    ...step,
    status: step.name === 'Clean up' ? 'done' : 'skipped',
    startedAtMs: step.name === 'Clean up' ? startedAtMs + 36_000 : null,
    finishedAtMs: step.name === 'Clean up' ? startedAtMs + 41_000 : null,
  });
  const failed: DeployStep[] =
    health === undefined
      ? []
      : [
          {
            ...health,
            status: 'failed',
            finishedAtMs: (health.startedAtMs ?? 0) + 20_000,
            detail: '503, five times',
          },
        ];
  return {
    ...good(unit, agoMs, [unit.runs, unit.wants ?? '']),
    status,
    reason: unit.reason,
    message:
      unit.unit === 'ledger'
        ? 'ledger-81fe20-1 ended at once with exit 1'
        : '2.1.4 did not become healthy in 20 s',
    finishedAtMs: startedAtMs + 41_000,
    proof: null,
    steps: [...[pull, start].filter((step) => step !== undefined), ...failed, ...rest.map(skip)],
  };
}

function startWiki(store: Store, unit: UnitStatus): DeployRow {
  const startedAtMs = NOW_MS - 16 * SECOND;
  const steps = GOOD.map((name, index): DeployStep => {
    const now = index === 0;
    return {
      name,
      status: now ? 'now' : 'waiting',
      startedAtMs: now ? startedAtMs : null,
      finishedAtMs: null,
      detail: now ? '58 of 91 MB, 3 of 7 layers' : null,
    };
  });
  const row = store.startDeploy({
    ...good(unit, 16 * SECOND, ['4.1.0', '4.2.0']),
    status: 'pulling',
    finishedAtMs: null,
    proof: null,
    steps,
  });
  store.addDeployLog({
    deployId: row.id,
    atMs: startedAtMs,
    level: 'info',
    phase: 'prepare',
    text: 'pulling ghcr.io/acme/wiki:4.2.0',
  });
  return row;
}

function fillContainers(store: Store): void {
  const container = (name: string, facts: Partial<ContainerRow>): void => {
    const id = Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64);
    store.upsertContainer(
      {
        id: `local/${id}`,
        workloadId: 'project.shop',
        workloadKind: 'project',
        role: 'prod',
        containerId: id,
        imageRef: 'ghcr.io/acme/shop:2.1.3',
        host: 'local',
        state: 'running',
        port: null,
        lastSeenAtMs: NOW_MS - 12 * SECOND,
        ...facts,
        extra: {
          name,
          health: 'healthy',
          release: '2.1.3',
          replica: 1,
          spec_hash: '4be1c0d1e2f3a4b5',
          image_digest: OLD_DIGEST,
          exit_code: null,
          private: 'never told',
          ...facts.extra,
        },
      },
      NOW_MS - 3 * DAY,
    );
  };
  container('shop-prod-4be1c0-1', {});
  container('shop-prod-4be1c0-2', { extra: { replica: 2 } });
  container('shop-prod-77ab01-1-failed', {
    state: 'failed',
    imageRef: 'ghcr.io/acme/shop:2.1.4',
    extra: { release: '2.1.4', health: 'none', exit_code: 1 },
  });
  container('shop-staging-9f3ab2-1', { role: 'staging', port: 49153, extra: { release: 'main' } });
  container('immich-immich-server-1', {
    workloadId: 'stack.immich',
    workloadKind: 'stack',
    role: 'immich-server',
    imageRef: 'ghcr.io/immich-app/immich-server:v2.3.1',
    extra: { release: 'v2.3.1', health: 'none' },
  });
}

function fillEvents(store: Store): void {
  const events: [number, 'info' | 'warn' | 'error', string | null, string, string][] = [
    [142 * MINUTE, 'error', 'immich', 'Held', '`enviroment` is not a key of stack'],
    [2 * HOUR, 'warn', 'shop/prod', 'RolledBack', 'rolled back to 2.1.3; 2.1.4 did not become healthy'],
    [26 * MINUTE, 'info', 'shop/staging', 'Converged', 'runs main 9f3ab21 (12 s)'],
    [12 * MINUTE, 'warn', null, 'GitAway', 'git.example.org does not answer'],
    [16 * SECOND, 'info', 'wiki/prod', 'Progressing', 'pulling 4.2.0'],
  ];
  for (const [agoMs, severity, unit, reason, message] of events)
    store.addEvent({ atMs: NOW_MS - agoMs, severity, unit, reason, message });
}
