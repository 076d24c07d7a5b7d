// A plain client for tests of the double itself: logged in, one call at a time, the whole answer.
import { request } from 'node:http';
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

/** One request through nginx to the host of that name, on a connection of its own. */
export function askThrough(
  traffic: { readonly http: string },
  host: string,
  options: { readonly path?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<TrafficAnswer> {
  const { path = '/', headers = {} } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, traffic.http),
      { agent: false, headers: { ...headers, host } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}
