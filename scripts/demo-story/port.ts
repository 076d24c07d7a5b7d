// Finds a port for the status page: the usual one, or any that is free.
import { createServer } from 'node:net';

/** The wished port of 127.0.0.1 when nothing listens there, else one that was free a moment ago. */
export async function freePort(wish: number): Promise<number> {
  return (await tryPort(wish)) ?? (await tryPort(0)) ?? wish;
}

function tryPort(port: number): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const server = createServer();
  server.once('error', () => resolve(undefined));
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : undefined));
  });
  return promise;
}
