// A plain client for tests of the double itself: logged in, one call at a time, the whole answer.
import { type Agent as HttpAgent, request } from 'node:http';
import { request as requestSecurely } from 'node:https';
import type { NpmDouble } from './start-double.ts';

export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
  readonly body: any;
}

export type Api = (method: string, path: string, body?: unknown) => Promise<ApiAnswer>;

/** Calls below `/api` with the administrator's token. */
export async function logIn(double: NpmDouble): Promise<Api> {
  const plain = callApi(double.url);
  const credentials = { identity: double.email, secret: double.password };
  const { body } = await plain('POST', '/tokens', credentials);
  return callApi(double.url, body.token);
}

/** Calls below `/api`, with a token or without. */
export function callApi(url: string, token?: string): Api {
  return async (method, path, body) => {
    const form = body instanceof FormData;
    const response = await fetch(`${url}/api${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
}

export interface TrafficAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface ThroughOptions {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** To keep a connection; without one each request has its own. */
  readonly agent?: HttpAgent;
  readonly onFirstByte?: () => void;
}

/** One request through nginx to the host of that name; https where the address says so, whatever the certificate. */
export function askThrough(
  address: string,
  host: string,
  options: ThroughOptions = {},
): Promise<TrafficAnswer> {
  const { path = '/', headers = {}, agent = false, onFirstByte } = options;
  const url = new URL(path, address);
  const secure = url.protocol === 'https:';
  const send = secure ? requestSecurely : request;
  const tls = secure ? { servername: host, rejectUnauthorized: false } : {};
  return new Promise((resolve, reject) => {
    const outgoing = send(url, { agent, headers: { ...headers, host }, ...tls }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        if (chunks.push(chunk) === 1) onFirstByte?.();
      });
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
