// Small servers on loopback that say who they are: what a route forwards to in tests.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Upstream } from '../../../src/model/route.ts';

export interface TestUpstream extends AsyncDisposable {
  name: string;
  upstream: Upstream;
  /** `127.0.0.1:PORT`. */
  address: string;
  /** Headers of every request so far. */
  seen: http.IncomingHttpHeaders[];
}

/**
 * Answers each request with `NAME PATH`. On loopback, unless NPM_UPSTREAM names this machine as a real proxy, which may
 * be in a container or elsewhere, sees it.
 */
export async function startUpstream(name: string): Promise<TestUpstream> {
  const seen: http.IncomingHttpHeaders[] = [];
  const server = http.createServer((request, response) => {
    seen.push(request.headers);
    response.end(`${name} ${request.url}`);
  });
  const host = process.env.NPM_UPSTREAM ?? '127.0.0.1';
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    name,
    upstream: { scheme: 'http', host, port },
    address: `${host}:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
