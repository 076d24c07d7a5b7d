// The HTTP side over fakes, in memory: one call is one request with the headers that a client would send.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createHttpApp, type HttpApp } from '../../src/http/app.ts';
import type { HintTargets } from '../../src/http/deps.ts';
import type { Config } from '../../src/model/config.ts';
import type { DesiredEdits } from '../../src/ports/desired-edits.ts';
import type { Hint, Receiver } from '../../src/ports/receiver.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeController, type FakeController } from './fake-controller.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';
import { createHouse, type House } from './sample-house.ts';
import { NOW_MS } from './sample-status.ts';

export const HOOK_SECRET = 'hook-secret-of-the-tests-000';
export const TOKEN = 'tf_token-of-the-tests-0123456789';

export interface HttpWorld {
  app: HttpApp;
  house: House;
  controller: FakeController;
  clock: FakeClock;
  log: MemoryLog;
  hooked: { hook: string; result: string }[];
  /** GET by default; `Host: localhost:8480` unless headers say otherwise. */
  ask(
    path: string,
    init?: {
      method?: string;
      headers?: Record<string, string>;
      body?: string | Uint8Array | ReadableStream<Uint8Array>;
    },
  ): Promise<Response>;
  /** A signed delivery to `/api/webhooks/hub`. */
  deliver(body: string, headers?: Record<string, string>): Promise<Response>;
}

export function createHttpWorld(
  options: {
    config?: Partial<Config>;
    calm?: number;
    house?: House;
    secrets?: Record<string, string>;
    match?: (hint: Hint) => HintTargets;
    edit?: DesiredEdits['edit'];
    version?: string;
  } = {},
): HttpWorld {
  const house = options.house ?? createHouse({ calm: options.calm ?? 6 });
  const controller = createFakeController(house);
  const clock = createFakeClock({ startMs: NOW_MS });
  const log = createMemoryLog();
  const hooked: HttpWorld['hooked'] = [];
  const secrets: Record<string, string> = { hub: HOOK_SECRET, token: TOKEN, ...options.secrets };
  const app = createHttpApp({
    controller,
    store: house.store,
    control: {
      quarantine: (unit) => house.quarantine.filter((entry) => entry.unit === unit),
      suspension: (unit) => house.suspensions.find((entry) => entry.unit === unit) ?? null,
    },
    secrets: { get: (name) => secrets[name] ?? null },
    metrics: {
      render: async (accept) => ({
        contentType: 'text/plain; version=0.0.4',
        body: `# accept ${accept ?? 'none'}\n`,
      }),
      webhook: (facts) => hooked.push(facts),
    },
    receivers: [paperPlanes],
    edits: { edit: options.edit ?? (async () => NOT_EDITED) },
    match:
      options.match ??
      ((hint) => (hint.kind === 'git' ? { sources: ['home'], units: [] } : { sources: [], units: [] })),
    config: { ...baseConfig, ...options.config },
    clock,
    log,
    version: options.version ?? '0.1.0',
    timeZone: 'Europe/Vienna',
  });
  const ask: HttpWorld['ask'] = async (path, init = {}) => {
    const headers = { host: 'localhost:8480', ...init.headers };
    const request: RequestInit = { method: init.method ?? 'GET', headers };
    // A body that streams may be answered before it was sent.
    if (init.body !== undefined) Object.assign(request, { body: init.body, duplex: 'half' });
    return app.fetch(new Request(`http://localhost:8480${path}`, request));
  };
  return {
    app,
    house,
    controller,
    clock,
    log,
    hooked,
    ask,
    deliver: (body, headers = {}) =>
      ask('/api/webhooks/hub', { method: 'POST', body, headers: { 'x-signature': sign(body), ...headers } }),
  };
}

const NOT_EDITED = {
  type: 'refused',
  what: 'unknown',
  refusal: { reason: 'ManifestUnknown', message: 'No manifest declares it.', hint: null },
  problems: [],
  patch: null,
} as const;

export const baseConfig: Config = {
  data: '/var/lib/tinyforge',
  listen: { host: '127.0.0.1', port: 8480 },
  hosts: ['forge.example.com'],
  controller: 'default',
  sources: [],
  engines: { local: { socket: '/var/run/docker.sock' } },
  tokens: ['token'],
  webhooks: [{ name: 'hub', sender: 'paper-planes', secret: 'hub', sources: [] }],
  proxy: null,
  prometheus: null,
  secrets: { files: null },
  concurrency: 2,
  resyncMs: 30_000,
  site: { image: 'nginx:alpine' },
  keep: { revisions: 5, diskBytes: 5 * 1024 ** 3 },
  logLevel: 'info',
};

export function sign(body: string | Buffer, secret = HOOK_SECRET): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** A sender of our own: JSON `{id, ref}`, signed as a whole; `{ping: true}` and `{odd: true}` are what they say. */
const paperPlanes: Receiver = {
  sender: 'paper-planes',
  verify({ headers, body }, secret) {
    const given = Buffer.from(String(headers['x-signature'] ?? ''));
    const wanted = Buffer.from(createHmac('sha256', secret).update(body).digest('hex'));
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  },
  deliveryId: ({ headers }) => (typeof headers['x-delivery'] === 'string' ? headers['x-delivery'] : null),
  hints({ body }) {
    const read = JSON.parse(body.toString('utf8')) as { ref?: string; ping?: boolean };
    if (read.ping === true) return [{ kind: 'ping' }];
    if (read.ref === undefined) return [{ kind: 'ignored', why: 'it is about something else' }];
    return [
      { kind: 'git', repository: 'git.example.com/me/infra', ref: read.ref, commit: null, deleted: false },
    ];
  },
};
