// Stands before an address and cuts one connection: before anything of it is heard, or when its answer is on the way.
import { connect, createServer, type Socket } from 'node:net';

export interface Cutting extends AsyncDisposable {
  readonly port: number;
  /** Cuts the nth connection from now on (from 1). */
  cut(nth: number, moment: 'before' | 'after'): void;
  /** Since the last `cut`. */
  connections(): number;
}

export async function cutting(port: () => number): Promise<Cutting> {
  let order: { nth: number; moment: 'before' | 'after' } | null = null;
  let connections = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    connections++;
    const moment = connections === order?.nth ? order.moment : null;
    track(client);
    if (moment === 'before') return client.resetAndDestroy();
    const there = track(connect(port(), '127.0.0.1'));
    client.pipe(there);
    if (moment === null) return void there.pipe(client);
    // The first byte of the answer says that it has been done.
    there.once('data', () => client.resetAndDestroy());
  });
  const track = (socket: Socket): Socket => {
    open.add(socket);
    socket.on('error', () => undefined);
    return socket.on('close', () => open.delete(socket));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    cut(nth, moment) {
      connections = 0;
      order = { nth, moment };
    },
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
