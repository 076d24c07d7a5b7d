// Listens: the app behind Node's own HTTP server, with limits for slow and stuck callers.
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { fault } from '../model/errors.ts';
import type { Log } from '../ports/log.ts';
import type { HttpApp } from './app.ts';

export interface HttpServer {
  /** `http://127.0.0.1:8480`, with the port that was really taken. */
  address: string;
  /** Resolves when no connection is left; those that do not end by themselves are ended. */
  close(): Promise<void>;
}

/** A whole request must have arrived by then; answers, such as live streams, may take longer. */
const REQUEST_MS = 30_000;
const HEADERS_MS = 10_000;
const CLOSING_MS = 3_000;
const IDLE_MS = 50;

/** Port 0 takes a free one. Faults: ListenFailed (stalled). */
export async function serveHttp(options: {
  app: Pick<HttpApp, 'fetch' | 'close'>;
  listen: { host: string; port: number };
  log: Log;
}): Promise<HttpServer> {
  const { app, listen, log } = options;
  const server = createAdaptorServer({
    fetch: (request, env) => app.fetch(request, env),
    overrideGlobalObjects: false,
    serverOptions: { requestTimeout: REQUEST_MS, headersTimeout: HEADERS_MS, maxHeaderSize: 16 * 1024 },
  }) as Server;
  const host = listen.host.replace(/^\[|\]$/g, '');
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(listen, error)));
    server.listen({ host, port: listen.port }, resolve);
  });
  server.on('error', (error) => log.error('The HTTP server has a problem', { error }));
  const taken = server.address();
  const port = typeof taken === 'object' && taken !== null ? taken.port : listen.port;
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  log.info('Listening', { address });
  return {
    address,
    close: () =>
      new Promise((resolve) => {
        const force = setTimeout(() => server.closeAllConnections(), CLOSING_MS);
        // A connection that was at work when closing began is kept alive after its answer, unless asked again.
        const idle = setInterval(() => server.closeIdleConnections(), IDLE_MS);
        server.close(() => {
          clearTimeout(force);
          clearInterval(idle);
          resolve();
        });
        app.close();
      }),
  };
}

function cannotListen({ host, port }: { host: string; port: number }, cause: Error): Error {
  const code = (cause as NodeJS.ErrnoException).code;
  const why: Record<string, string> = {
    EADDRINUSE: 'another program has it already',
    EADDRNOTAVAIL: 'this machine does not have that address',
    EACCES: 'this user may not use that port',
  };
  return fault({
    code: 'LISTEN_FAILED',
    reason: 'ListenFailed',
    message: `Tinyforge cannot listen on ${host}:${port}: ${why[code ?? ''] ?? cause.message}.`,
    hint: 'Stop the other program, or change `listen` in tinyforge.yaml.',
    disposition: 'stalled',
    cause,
  });
}
