// Small servers to stand behind the double's nginx: they answer their name, slowly where asked, and upgrade connections.
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Upstream extends AsyncDisposable {
  readonly port: number;
  /** How many requests have arrived. */
  arrived(): number;
}

/**
 * `/` answers the name. `/slow` sends the name's first half at once and the rest when `finish` is called on it;
 * an upgrade is answered with 101, and every byte comes back behind the name.
 */
export async function startUpstream(name: string): Promise<Upstream & { finish(): void }> {
  let arrived = 0;
  const open: (() => void)[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    arrived += 1;
    if (request.url !== '/slow') return void response.end(name);
    response.write('begun by ');
    open.push(() => response.end(name));
  });
  server.on('upgrade', (_, socket: Socket) => {
    sockets.add(socket);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n');
    socket.on('data', (chunk) => socket.write(`${name}: ${chunk.toString('utf8')}`));
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    arrived: () => arrived,
    finish: () => open.splice(0).forEach((end) => void end()),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
