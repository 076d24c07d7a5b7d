// Asks a controller that is already running: whether it is there, and to look now.

import type { Config } from '../model/config.ts';
import { type Fault, fault } from '../model/errors.ts';
import type { Secrets } from '../ports/secrets.ts';

export interface SyncOrder {
  /** Empty for all. */
  units: readonly string[];
  wait: boolean;
  prune: boolean;
  timeoutMs: number;
}

export interface ClientAnswer {
  ok: boolean;
  status: number;
  /** The envelope; null where it is no JSON. */
  answer: unknown;
}

export interface Client {
  /** `http://127.0.0.1:8480`. */
  readonly address: string;
  /** Whether somebody answers there. */
  answers(): Promise<boolean>;
  /** True when all came to rest in time; with `wait: false`, false at once. Faults: ControllerAway, SyncRefused. */
  sync(order: SyncOrder, signal: AbortSignal): Promise<boolean>;
  /** Any other question, answered within a minute. Fault ControllerAway. */
  call(request: { method: string; path: string; body?: object; signal: AbortSignal }): Promise<ClientAnswer>;
  /** Resolves when it has come to rest. Faults: ControllerAway, and what the controller refuses it for. */
  rollBack(order: { unit: string; to: number | null; by: string }, signal: AbortSignal): Promise<RolledBack>;
}

/** What only the controller knows of a rollback. */
export interface RolledBack {
  /** What ran before it; null for nothing. */
  from: string | null;
  /** Its container stood by and was not made again. */
  standsBy: boolean;
}

/** Nobody there is told at once; this is for a controller that is busy, which must not pass for none. */
const HELLO_MS = 10_000;
/** A push to a slow git host is part of it. */
const CALL_MS = 60_000;
/** The answer comes after the wait is over, so the line may be silent a little longer. */
const GRACE_MS = 5_000;
/** A little longer than the controller holds its answer. */
const LONGEST_ROLLBACK_MS = 11 * 60_000;

export function createClient(deps: {
  config: Config;
  secrets: Pick<Secrets, 'get'>;
  fetch: typeof fetch;
}): Client {
  const { config } = deps;
  const address = `http://${hostForUrl(config.listen.host)}:${config.listen.port}`;

  function headers(): Record<string, string> {
    const name = config.tokens[0];
    const token = name === undefined ? null : deps.secrets.get(name);
    return token === null ? {} : { authorization: `Bearer ${token}` };
  }

  return {
    address,
    async answers() {
      try {
        const response = await deps.fetch(`${address}/healthz`, { signal: AbortSignal.timeout(HELLO_MS) });
        return response.ok;
      } catch {
        return false;
      }
    },
    async call({ method, path, body, signal }) {
      try {
        const response = await deps.fetch(`${address}${path}`, {
          method,
          headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers() },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]),
        });
        const answer: unknown = await response.json().catch(() => null);
        return { ok: response.ok, status: response.status, answer };
      } catch (error) {
        signal.throwIfAborted();
        throw away(address, error);
      }
    },
    async sync({ units, wait, prune, timeoutMs }, signal) {
      const body = { units: [...units], wait, timeout_ms: timeoutMs, ...(prune ? { prune } : {}) };
      const limit = AbortSignal.timeout((wait ? timeoutMs : 0) + GRACE_MS);
      let response: Response;
      try {
        response = await deps.fetch(`${address}/api/sync`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers() },
          body: JSON.stringify(body),
          signal: AbortSignal.any([signal, limit]),
        });
      } catch (error) {
        signal.throwIfAborted();
        throw away(address, error);
      }
      const answer: unknown = await response.json().catch(() => null);
      if (!response.ok) throw refused(address, response.status, answer);
      return settled(answer);
    },
    async rollBack(order, signal) {
      const limit = AbortSignal.timeout(LONGEST_ROLLBACK_MS);
      let response: Response;
      try {
        response = await deps.fetch(`${address}/api/workloads/${order.unit}/rollback`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers() },
          body: JSON.stringify({ ...order, wait: true }),
          signal: AbortSignal.any([signal, limit]),
        });
      } catch (error) {
        signal.throwIfAborted();
        throw away(address, error);
      }
      const answer: unknown = await response.json().catch(() => null);
      if (!response.ok) throw refused(address, response.status, answer);
      const data = part(answer, 'data');
      const from = part(data, 'from');
      return { from: typeof from === 'string' ? from : null, standsBy: part(data, 'stands_by') === true };
    },
  };
}

/** `0.0.0.0` and `::` listen everywhere; from here the loopback is the way. */
function hostForUrl(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function settled(answer: unknown): boolean {
  const data = part(answer, 'data');
  return part(data, 'settled') === true;
}

function refused(address: string, status: number, answer: unknown): Fault {
  const error = part(answer, 'error');
  const message = part(error, 'message');
  const hint = part(error, 'hint');
  const words = typeof message === 'string' ? message : `it answered ${status}`;
  return fault({
    code: 'SYNC_REFUSED',
    reason: 'SyncRefused',
    message: `The controller at ${address} did not take the order: ${words}`,
    hint: typeof hint === 'string' ? hint : undefined,
    disposition: 'stalled',
  });
}

function away(address: string, cause: unknown): Fault {
  return fault({
    code: 'CONTROLLER_AWAY',
    reason: 'ControllerAway',
    message: `No controller answers at ${address}. Nothing was changed.`,
    hint: 'Start one with `tinyforge run`, or make one pass with `tinyforge apply`.',
    disposition: 'retry',
    cause,
  });
}

export function part(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
