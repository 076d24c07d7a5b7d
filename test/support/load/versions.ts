// Two versions of a service to switch between: small, slow and streamed answers, each of which says who gave it, to its end.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Asked } from './request.ts';

export interface Version extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  stop(): Promise<void>;
}

export const SLOW_MS = 250;
const CHUNKS = 10;
const CHUNK_EVERY_MS = 25;

/** `/small`, `/slow` and `/stream` on 127.0.0.1; `/` is as `/small`. */
export async function startVersion(name: string): Promise<Version> {
  const server = createServer((request, response) => {
    response.setHeader('x-version', name);
    const path = request.url?.split('?')[0];
    if (path === '/slow') setTimeout(() => response.end(`${name} end`), SLOW_MS);
    else if (path === '/stream') stream(name, response);
    else response.end(`${name} end`);
  });
  // As services should: longer than any proxy keeps its own idle connections.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { name, port: (server.address() as AddressInfo).port, stop, [Symbol.asyncDispose]: stop };
}

function stream(name: string, response: ServerResponse): void {
  let sent = 0;
  const timer = setInterval(() => {
    sent++;
    if (sent < CHUNKS) return void response.write(`${name} chunk ${sent}\n`);
    clearInterval(timer);
    response.end(`${name} end`);
  }, CHUNK_EVERY_MS);
  response.once('close', () => clearInterval(timer));
}

/** For `Asked.versionOf`: the whole of an answer of one of these versions, and of no other. */
export function fromOneOf(names: readonly string[]): Asked['versionOf'] {
  return ({
    status,
    headers,
    body,
  }: {
    status: number;
    headers: IncomingMessage['headers'];
    body: string;
  }) => {
    const version = headers['x-version'];
    if (status !== 200) throw new Error(`answered ${status}: ${body.slice(0, 80)}`);
    if (typeof version !== 'string' || !names.includes(version))
      throw new Error(`an answer of neither version: ${body.slice(0, 80)}`);
    const lines = body.split('\n');
    if (lines.at(-1) !== `${version} end`) throw new Error(`an answer without its end: ${body.slice(-80)}`);
    if (!lines.every((line) => line.startsWith(`${version} `))) throw new Error('an answer of two versions');
    return version;
  };
}
