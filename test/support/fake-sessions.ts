// Sessions over things in memory, for the command line: what a wiring opens, without files, engines or sockets.
import { createRedactor } from '../../src/core/redact.ts';
import type { Config } from '../../src/model/config.ts';
import type { Desired } from '../../src/model/desired.ts';
import { type Fault, fault } from '../../src/model/errors.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Overview, UnitStatus } from '../../src/model/status.ts';
import type { Control } from '../../src/ports/control.ts';
import type { Controller } from '../../src/ports/controller.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import type { Check, Pass, Sessions, Validation } from '../../src/ports/session.ts';
import type { Store } from '../../src/ports/store.ts';
import { rolledBack } from './fake-controller.ts';
import { createFakeEngine, type FakeEngine } from './fake-runtime.ts';
import { createFakeStore } from './fake-store.ts';
import { createMemoryControl } from './memory-control.ts';
import { planOf } from './sample-plans.ts';
import { overviewOf } from './sample-status.ts';

/** What a test sets up; the fields are read when a command asks. */
export interface House {
  config: Config;
  store: Store | null;
  control: Control;
  engine: FakeEngine;
  secrets: Record<string, string>;
  overview: Overview;
  plan: Plan;
  wishes: Map<string, Desired>;
  checks: Check[];
  makeProxyAdmin: Pass['createProxyAdmin'];
  edit: Pass['edit'];
  validation: Validation;
  /** Somebody else holds the data directory. */
  running: boolean;
  /** What `apply` does; gives the overview at the end. */
  applying: Pass['apply'];
  /** What loadConfig was asked for. */
  asked: { file: string | null; overrides: Record<string, string> }[];
  /** Sessions that are open now: each must be closed at the end. */
  open: number;
  configFault: Fault | null;
}

export const CONFIG: Config = {
  data: '/var/lib/tinyforge',
  listen: { host: '127.0.0.1', port: 8480 },
  hosts: [],
  controller: 'default',
  sources: [{ type: 'directory', name: 'home', directory: '/srv/forge', writeBack: 'commit', variables: {} }],
  engines: { local: { socket: '/var/run/docker.sock' } },
  tokens: [],
  webhooks: [],
  proxy: null,
  prometheus: null,
  secrets: { files: null },
  concurrency: 4,
  resyncMs: 30_000,
  site: { image: 'nginx' },
  keep: { revisions: 5, diskBytes: 5 * 1024 ** 3 },
  logLevel: 'info',
};

export function createHouse(facts: Partial<House> = {}): House {
  return {
    config: CONFIG,
    store: createFakeStore(),
    control: createMemoryControl(),
    engine: createFakeEngine(),
    secrets: {},
    overview: overviewOf([]),
    plan: planOf(),
    wishes: new Map(),
    checks: [],
    makeProxyAdmin: () => Promise.reject(new Error('no proxy in this house')),
    edit: () => Promise.reject(new Error('nothing is edited in this house')),
    validation: { files: 0, units: 0, problems: [], fileText: () => null },
    running: false,
    applying: async () => overviewOf([]),
    asked: [],
    open: 0,
    configFault: null,
    ...facts,
  };
}

/** Puts statuses into the index, with the workloads that they need. */
export function record(store: Store, units: readonly UnitStatus[], nowMs: number): void {
  for (const unit of units) {
    const row = { id: unit.workloadId, kind: unit.kind, refId: unit.name, name: unit.name, appId: unit.app };
    const nothing = {
      notificationUrl: null,
      notificationSecret: null,
      webhookSecret: null,
      webhookSigningSecret: null,
    };
    store.upsertWorkload({ ...row, ...nothing, webhookRequireSignature: false }, nowMs);
    store.saveStatus(unit);
  }
}

export function createFakeSessions(house: House): Sessions {
  const secrets: Secrets = {
    get: (name) => house.secrets[name] ?? null,
    names: () => Object.keys(house.secrets),
    redact: (text) =>
      createRedactor(Object.entries(house.secrets).map(([name, value]) => ({ name, value })))(text),
  };
  const close = async (): Promise<void> => {
    house.open -= 1;
  };
  const controller: Controller = {
    overview: () => house.overview,
    proxyRoutes: () => [],
    plan: async () => house.plan,
    trigger: () => undefined,
    settled: async () => undefined,
    rollBack: async ({ unit, to }) => rolledBack(unit, to),
    subscribe: () => () => undefined,
    readiness: () => ({ ready: true, reason: 'passes end as they should' }),
  };
  return {
    async loadConfig(options) {
      house.asked.push(options);
      if (house.configFault !== null) throw house.configFault;
      return house.config;
    },
    async openReader(config) {
      house.open += 1;
      const { store, control } = house;
      return { config, store, control, secrets, runtime: (host) => house.engine.runtime({ host }), close };
    },
    async openPass(config, { write }) {
      if (write && house.running) throw controllerRunning();
      house.open += 1;
      return {
        config,
        controller,
        store: house.store ?? createFakeStore(),
        control: house.control,
        secrets,
        plan: async () => house.plan,
        desired: (unit) => house.wishes.get(unit) ?? null,
        apply: (options) => house.applying(options),
        serve: (signal) =>
          new Promise((resolve) => {
            if (signal.aborted) resolve();
            signal.addEventListener('abort', () => resolve(), { once: true });
          }),
        doctor: async () => house.checks,
        edit: (request) => house.edit(request),
        createProxyAdmin: (signal) => house.makeProxyAdmin(signal),
        fileText: house.validation.fileText,
        close,
      };
    },
    validate: async () => house.validation,
    schema: (kind) => ({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: kind ?? 'manifest',
    }),
    kinds: () => ['project', 'stack', 'site'],
  };
}

function controllerRunning(): Fault {
  return fault({
    code: 'CONTROLLER_RUNNING',
    reason: 'ControllerRunning',
    message: 'Another controller uses /var/lib/tinyforge',
    disposition: 'stalled',
  });
}
