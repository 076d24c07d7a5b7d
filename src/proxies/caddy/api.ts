// Caddy's admin API: its whole configuration in one read, and changes by path or by @id.
// Source: https://caddyserver.com/docs/api, and Debian's 2.6.2: a change that cannot be served is rolled back with a 500.

import { isFault } from '../../model/errors.ts';
import { exchange, networkWords } from '../exchange.ts';
import { type CaddyConfig, isRecord, member, readConfig } from './config.ts';
import { type AfterCut, overCuts, stands } from './cut.ts';
import { proxyAway, proxyForbidden, routeRefused } from './failures.ts';

const TIMEOUT_MS = 15_000;
/** A configuration of ten thousand routes is 30 MB. */
const MAX_BYTES = 128 * 1024 * 1024;

export interface CaddyApi {
  /** Faults: ProxyAway, ProxyForbidden. */
  read(signal: AbortSignal): Promise<CaddyConfig>;
  /** `PUT` makes and inserts, `PATCH` replaces. Faults: as `read`, and RouteRefused with Caddy's own sentence. */
  write(change: Change, signal: AbortSignal): Promise<void>;
  /** False where there was nothing at that path. */
  remove(change: Omit<Change, 'body' | 'method'>, signal: AbortSignal): Promise<boolean>;
}

export interface Change {
  method: 'PUT' | 'POST' | 'PATCH';
  /** Segments: `config`, `apps`, … or `id`, `tinyforge-…`. */
  path: readonly string[];
  body: unknown;
  /** For people, should it be refused. */
  what: string;
}

export function createCaddyApi(url: string): CaddyApi {
  /** Most looks find what the one before found, and parsing it takes as long as fetching it. Nobody changes it. */
  let newest: { body: string; value: unknown; config: CaddyConfig } | null = null;

  /** Null where its answer was lost and it has done what it should. */
  async function call(
    method: Change['method'] | 'GET' | 'DELETE',
    { path, body, signal, afterCut }: Call,
  ): Promise<{ status: number; value: unknown; body: string } | null> {
    const target = new URL(`${path.map(encodeURIComponent).join('/')}`, url.endsWith('/') ? url : `${url}/`);
    const once = () =>
      exchange({
        url: target,
        method,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
        signal,
      });
    const answer = await overCuts(once, afterCut).catch((error: unknown) => {
      if (signal.aborted) throw signal.reason;
      throw isFault(error) ? error : proxyAway(url, networkWords(error));
    });
    if (answer === null) return null;
    const { body: text } = answer;
    const value = text === newest?.body ? newest.value : parse(text);
    if (answer.status === 403) throw proxyForbidden(url, reasonOf(value) ?? 'it answered 403');
    if (value === undefined) throw proxyAway(url, `its answer (${answer.status}) is not JSON`);
    return { status: answer.status, value, body: text };
  }

  async function read(signal: AbortSignal): Promise<CaddyConfig> {
    const answer = await call('GET', { path: ['config', ''], signal, afterCut: 'again' });
    if (answer?.status !== 200)
      throw proxyAway(url, reasonOf(answer?.value) ?? `it answered ${answer?.status}`);
    const { body, value } = answer;
    if (newest?.body !== body) newest = { body, value, config: readConfig(value) };
    return newest.config;
  }

  return {
    read,
    async write({ method, path, body, what }, signal) {
      // What is added twice is there twice, so it is looked for; what is replaced may be replaced by itself.
      const lookFor = async () => {
        await read(signal);
        return stands(newest?.value, { path, body }) ? 'done' : 'again';
      };
      const afterCut = method === 'PATCH' ? 'again' : lookFor;
      const answer = await call(method, { path, body, signal, afterCut });
      if (answer === null || answer.status === 200) return;
      const reason = reasonOf(answer.value);
      if (reason === null) throw proxyAway(url, `it answered ${answer.status}`);
      throw routeRefused(what, reason);
    },
    async remove({ path, what }, signal) {
      // By its place it is another's turn once the first is gone.
      const afterCut = path[0] === 'id' ? 'again' : 'give-up';
      const answer = await call('DELETE', { path, signal, afterCut });
      if (answer?.status === 200) return true;
      if (answer?.status === 404) return false;
      throw routeRefused(what, reasonOf(answer?.value) ?? `it answered ${answer?.status}`);
    },
  };
}

interface Call {
  path: readonly string[];
  body?: unknown;
  signal: AbortSignal;
  afterCut: AfterCut;
}

/** An empty body is Caddy's yes; undefined is no JSON. */
function parse(body: string): unknown {
  if (body.trim() === '') return null;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function reasonOf(value: unknown): string | null {
  const error = isRecord(value) ? member(value, 'error') : null;
  return typeof error === 'string' ? error : null;
}
