// The API of Nginx Proxy Manager: one call with the account's token, logging in again once on every form of "not allowed".
import type { ProxyConfig } from '../../model/config.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { type Agents, exchange, networkWords } from '../exchange.ts';
import { createCircuit } from './circuit.ts';
import { proxyAway, proxyForbidden } from './failures.ts';
import { type ParseText, type Reply, readReply } from './reply.ts';
import { createSession } from './session.ts';

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api`. */
  path: string;
  body?: unknown;
  /** Files of a form, in place of a JSON body. */
  form?: Readonly<Record<string, string>> | undefined;
  signal: AbortSignal;
  timeoutMs?: number | undefined;
  /** Of an answer that may be known already. */
  parse?: ParseText | undefined;
}

/** What is left when answers that are about the account or the instance were turned into faults. */
export type Result =
  | { type: 'value'; value: unknown }
  | { type: 'refused'; status: number; why: string }
  /** A write of which nobody knows whether it happened: a 5xx, a cut connection, no answer in time. */
  | { type: 'uncertain'; why: string };

export interface Api {
  /**
   * `uncertain` comes of writes alone. Faults: ProxyAway (retry), ProxyLoginRefused, ProxyNeedsTwoFactor,
   * ProxyForbidden (stalled).
   */
  call(call: Call): Promise<Result>;
  /** Without an account: the version, the schema. Faults: ProxyAway. */
  open(call: Pick<Call, 'path' | 'signal'> & { method?: 'GET' | 'POST'; body?: unknown }): Promise<Result>;
  close(): void;
}

export interface ApiDeps {
  config: Pick<ProxyConfig, 'url' | 'email' | 'password' | 'totp'>;
  secrets: Pick<Secrets, 'get' | 'redact'>;
  clock: Clock;
  agents: Agents;
  limits: Limits;
}

/** How long a call may take. */
export interface Limits {
  readMs: number;
  /** A write is an nginx test and a reload: seconds with many hosts. */
  writeMs: number;
}

export const LIMITS: Limits = { readMs: 10_000, writeMs: 60_000 };

/** Reads are tried this often, with a pause between. */
const READ_TRIES = 2;
const READ_PAUSE_MS = 300;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

type Raw = Reply | { type: 'away'; why: string; cause: unknown };

export function createApi({ config, secrets, clock, agents, limits }: ApiDeps): Api {
  const base = config.url.replace(/\/+$/, '').replace(/\/api$/, '');
  const circuit = createCircuit(clock);
  const account = config.email ?? 'nobody';
  const session = createSession({
    config,
    secrets,
    clock,
    send: async (request) => {
      const raw = await send(request);
      return raw.type === 'away' ? { type: 'broken', status: 0, why: raw.why } : raw;
    },
  });

  async function send(call: Call & { token: string | null }): Promise<Raw> {
    const refusal = circuit.refusal();
    if (refusal !== null) throw proxyAway(base, { why: refusal });
    const isRead = call.method === 'GET';
    const payload = payloadOf(call);
    try {
      const answer = await exchange({
        url: new URL(`${base}/api${call.path}`),
        method: call.method,
        headers: {
          accept: 'application/json',
          ...(payload === null ? {} : { 'content-type': payload.type }),
          // Lower case `bearer` counts as no token.
          ...(call.token === null ? {} : { authorization: `Bearer ${call.token}` }),
        },
        body: payload?.bytes,
        timeoutMs: call.timeoutMs ?? (isRead ? limits.readMs : limits.writeMs),
        signal: call.signal,
        maxBytes: MAX_ANSWER_BYTES,
        // A kept connection may be closed just now, and then nobody knows whether the write arrived.
        agents: isRead ? agents : undefined,
      });
      const reply = readReply(answer, { redact: secrets.redact, parse: call.parse });
      if ('isFrontAlone' in reply) circuit.failed();
      else circuit.succeeded();
      return reply;
    } catch (error) {
      if (call.signal.aborted) {
        circuit.givenUp();
        throw call.signal.reason;
      }
      circuit.failed();
      return { type: 'away', why: networkWords(error), cause: error };
    }
  }

  /** A damaged token is answered with 500, so a 5xx may mean "log in" as well. */
  async function sendAllowed(call: Call): Promise<Raw> {
    const token = await session.token(call.signal);
    const first = await send({ ...call, token });
    const mayBeToken = first.type === 'broken' && first.status === 500 && call.method === 'GET';
    if (first.type !== 'not-allowed' && !mayBeToken) return first;
    session.forget(token);
    const again = await send({ ...call, token: await session.token(call.signal) });
    if (again.type !== 'not-allowed') return again;
    throw proxyForbidden({ account, what: call.path.replace(/\/\d+$/, '').split('?')[0] ?? call.path });
  }

  async function read(call: Call): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      const raw = await sendAllowed(call);
      if (raw.type === 'value' || raw.type === 'refused') return raw;
      if (tries === READ_TRIES)
        throw proxyAway(base, { why: raw.why, cause: raw.type === 'away' ? raw.cause : undefined });
      await clock.sleep(READ_PAUSE_MS * (0.5 + clock.random()), call.signal);
    }
  }

  return {
    async call(call) {
      if (call.method === 'GET') return await read(call);
      const raw = await sendAllowed(call);
      return raw.type === 'value' || raw.type === 'refused' ? raw : { type: 'uncertain', why: raw.why };
    },
    async open(call) {
      const raw = await send({ method: 'GET', ...call, token: null });
      if (raw.type === 'value' || raw.type === 'refused') return raw;
      throw proxyAway(base, { why: raw.why, cause: raw.type === 'away' ? raw.cause : undefined });
    },
    close: () => agents.destroy(),
  };
}

/** The value of a call that has no reason to be refused. Faults: ProxyAway. */
export function answerOf(result: Result, what: { url: string }): unknown {
  if (result.type === 'value') return result.value;
  throw proxyAway(what.url, { why: result.why });
}

function payloadOf({ body, form }: Call): { type: string; bytes: string } | null {
  if (form !== undefined) return multipart(form);
  return body === undefined ? null : { type: 'application/json', bytes: JSON.stringify(body) };
}

/** PEM files alone: text whose lines never begin with the boundary. (RFC 7578) */
function multipart(form: Readonly<Record<string, string>>): { type: string; bytes: string } {
  const boundary = 'tinyforge-f81bd4c9a2e74b0e';
  const parts = Object.entries(form).map(
    ([name, content]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${name}.pem"\r\n` +
      `Content-Type: application/x-pem-file\r\n\r\n${content}\r\n`,
  );
  return { type: `multipart/form-data; boundary=${boundary}`, bytes: `${parts.join('')}--${boundary}--\r\n` };
}
