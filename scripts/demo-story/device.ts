// Stands for a device of the house that Tinyforge does not run: a web page of the demo's own process.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { freePort } from './port.ts';

export interface Device {
  /** `http://127.0.0.1:5000` */
  readonly address: string;
  stop(): Promise<void>;
}

export const deviceGreeting = 'This is the storage in the cellar.';

export async function startDevice(): Promise<Device> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).end(`${deviceGreeting}\n`);
  });
  const port = await freePort(5000);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
