// Load on a proxy of this machine: lanes of clients that ask without a pause, and what each answer was worth.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { type Asked, ask, keptConnection, type Outcome } from './request.ts';

export interface Lane {
  path: string;
  /** `kept` reuses one connection for all of its requests; `new` opens one for each. */
  connection: 'kept' | 'new';
  /** Clients in this lane: each has one request in flight. */
  clients: number;
  /** After each answer; none where it is left out. */
  pauseMs?: number;
}

export interface LoadOptions {
  /** The traffic side of a proxy on loopback; another address is refused. */
  base: string;
  /** The one address beside: of a container on a network that the test has made. */
  ownAddress?: string;
  /** Of the Host header. */
  host: string;
  lanes: readonly Lane[];
  versionOf: Asked['versionOf'];
  /** For hangs only: a starved machine is slow, and that is no failure. */
  timeoutMs?: number;
}

export interface LoadCounts {
  /** Ended ones. */
  requests: number;
  ok: number;
  /** Of those that are ok: see `Outcome`. */
  retried: number;
  failed: number;
  byVersion: Record<string, number>;
}

/** One ended request, for figures of one lane or one span of time. */
export interface Sample {
  path: string;
  connection: Lane['connection'];
  startMs: number;
  endMs: number;
}

export interface Load extends AsyncDisposable {
  counts(): LoadCounts;
  /** Resolves when so many requests have ended in all, or throws when the load has been stopped before. */
  reached(requests: number): Promise<void>;
  /** Resolves when each path has so many answers to requests that began from now on. */
  calm(answers: number): Promise<void>;
  /** Lets the requests in flight end, and tells all of it. Times are as `performance.now()`. */
  stop(): Promise<LoadCounts & { failures: string[]; samples: Sample[] }>;
}

/** The mix that the promise of no downtime is tested with: 32 clients, most of them small and on kept connections. */
export const MIXED_LANES: readonly Lane[] = [
  { path: '/small', connection: 'kept', clients: 14 },
  { path: '/small', connection: 'new', clients: 6 },
  { path: '/slow', connection: 'kept', clients: 4 },
  { path: '/slow', connection: 'new', clients: 2 },
  { path: '/stream', connection: 'kept', clients: 4 },
  { path: '/stream', connection: 'new', clients: 2 },
];

/** The same clients with time to think, for switches that take seconds: so many requests a second that nothing is starved. */
export const CALM_LANES: readonly Lane[] = MIXED_LANES.map((lane) =>
  lane.path === '/small' ? { ...lane, pauseMs: 20 } : lane,
);

/** Asks until it is stopped. */
export function startLoad(options: LoadOptions): Load {
  const { base, ownAddress, host, lanes, versionOf, timeoutMs = 120_000 } = options;
  const { hostname } = new URL(base);
  if (hostname !== ownAddress)
    assert.match(hostname, /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/, 'load stays on loopback');
  const counts: LoadCounts = { requests: 0, ok: 0, retried: 0, failed: 0, byVersion: {} };
  const failures: string[] = [];
  const samples: Sample[] = [];
  const waiting = new Set<{ isDone: () => boolean; resolve: () => void; reject: (error: Error) => void }>();
  let isStopped = false;

  function record(lane: Lane, outcome: Outcome): void {
    counts.requests++;
    if (outcome.type === 'ok') {
      counts.ok++;
      if (outcome.retried) counts.retried++;
      counts.byVersion[outcome.version] = (counts.byVersion[outcome.version] ?? 0) + 1;
    } else {
      counts.failed++;
      failures.push(`${lane.connection} connection, ${outcome.why}`);
    }
    const { startMs, endMs } = outcome;
    samples.push({ path: lane.path, connection: lane.connection, startMs, endMs });
    for (const waiter of waiting) {
      if (!waiter.isDone()) continue;
      waiting.delete(waiter);
      waiter.resolve();
    }
  }

  async function client(lane: Lane): Promise<void> {
    const agent = lane.connection === 'kept' ? keptConnection() : null;
    const url = new URL(lane.path, base);
    while (!isStopped) {
      record(lane, await ask({ url, host, agent, timeoutMs, versionOf }));
      if (lane.pauseMs !== undefined) await delay(lane.pauseMs);
    }
    agent?.destroy();
  }

  const clients = lanes.flatMap((lane) => Array.from({ length: lane.clients }, () => client(lane)));

  /** Looked at after each answer. */
  function when(isDone: () => boolean): Promise<void> {
    if (isDone()) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.add({ isDone, resolve, reject });
    return promise;
  }

  const stop: Load['stop'] = async () => {
    isStopped = true;
    await Promise.all(clients);
    for (const { reject } of waiting)
      reject(new Error(`the load was stopped after ${counts.requests} requests, before what was waited for`));
    waiting.clear();
    return { ...counts, failures, samples };
  };

  return {
    counts: () => structuredClone(counts),
    reached: (requests) => when(() => counts.requests >= requests),
    calm(answers) {
      const sinceMs = performance.now();
      const from = samples.length;
      const paths = [...new Set(lanes.map(({ path }) => path))];
      const answered = (path: string): number =>
        samples.slice(from).filter((sample) => sample.path === path && sample.startMs >= sinceMs).length;
      return when(() => paths.every((path) => answered(path) >= answers));
    },
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}
