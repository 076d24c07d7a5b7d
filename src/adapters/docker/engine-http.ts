// Reads from an engine over its unix socket: a small GET of our own, since dockerode hangs for ever on a cut answer.
import type { ClientRequest, IncomingMessage } from 'node:http';
import { createConnect } from './connect.ts';
import { refusalError } from './refusal.ts';

// `import` from node:http reads every export, `WebSocket` too, which loads all of fetch: 45 ms and 13 MB of each start.
const { Agent, get } = process.getBuiltinModule('node:http');

/** How long to wait, and what it is called when it takes longer. */
export interface Patience {
  /** Until the headers, and then between two pieces of the body. */
  ms: number;
  onLate: () => Error;
}

export interface Opening extends Patience {
  path: string;
  signal?: AbortSignal | undefined;
  /** A connection of its own, for streams that stay open. */
  connection?: 'shared' | 'own' | undefined;
}

export interface EngineHttp {
  /** The response of a GET that was answered with 200. Rejects with a refusal, a connection error, or `onLate`. */
  open(request: Opening): Promise<IncomingMessage>;
  close(): void;
}

/** Connections are kept and used again; a free one does not keep the process alive. */
export function createEngineHttp(socketPath: string): EngineHttp {
  const createConnection = createConnect(socketPath);
  const agent = Object.assign(new Agent({ keepAlive: true, maxSockets: 32, maxFreeSockets: 16 }), {
    createConnection,
  });

  function respond(request: Opening): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    // The agent would work a server's name out of the address, with a pattern that takes 5 ms to compile.
    const named = { servername: '' };
    const call: ClientRequest = get({
      ...named,
      socketPath,
      path: request.path,
      ...(request.connection === 'own' ? { agent: false, createConnection } : { agent }),
      headers: { host: 'docker' },
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    const timer = setTimeout(() => call.destroy(request.onLate()), request.ms);
    call.on('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    call.on('error', (error) => {
      clearTimeout(timer);
      // An engine that restarted, or that closes what is idle, has closed the connections we kept; only a new one tells
      // how it is. EPIPE where we wrote before we were told.
      const stale =
        call.reusedSocket && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      if (stale) resolve(respond({ ...request, connection: 'own' }));
      else reject(error);
    });
    return promise;
  }

  return {
    async open(request) {
      const response = await respond(request);
      if (response.statusCode === 200) return response;
      throw refusalError(response.statusCode ?? 0, await readText(response, request));
    },
    close: () => agent.destroy(),
  };
}

/**
 * Gives the pieces of a body to `onChunk` until its end. Rejects when the answer is cut, when no piece comes for `ms`,
 * or with what `onChunk` throws.
 */
export function readBody(
  response: IncomingMessage,
  options: Patience & { onChunk: (chunk: Buffer) => void },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => fail(options.onLate()), options.ms);
  function fail(error: unknown): void {
    clearTimeout(timer);
    reject(error);
    response.destroy();
  }
  response.on('data', (chunk: Buffer) => {
    timer.refresh();
    try {
      options.onChunk(chunk);
    } catch (error) {
      fail(error);
    }
  });
  response.on('end', () => {
    clearTimeout(timer);
    resolve();
  });
  response.on('error', fail);
  // A cut answer ends in `close` and never in `end`.
  response.on('close', () => fail(cutError()));
  // It may have closed before anybody listened here.
  if (response.destroyed) fail(cutError());
  return promise;
}

/** The connection ended in the middle of an answer. */
export function cutError(): Error {
  return Object.assign(new Error('the answer was cut'), { code: 'ECONNRESET' });
}

/** The whole body, for small answers. */
export async function readText(response: IncomingMessage, patience: Patience): Promise<string> {
  const chunks: Buffer[] = [];
  await readBody(response, { ...patience, onChunk: (chunk) => chunks.push(chunk) });
  return Buffer.concat(chunks).toString();
}
