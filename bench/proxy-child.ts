// The double of Nginx Proxy Manager in a process of its own, with hosts that a person made.
// Usage: node bench/proxy-child.ts process|none HOSTS; `none` is without nginx, for many hosts. It tells where it is in one line of JSON, and answers the line `settled` when no worker from before the last reload takes connections, any other with the number of its writes.
import { createInterface } from 'node:readline';
import { logIn } from '../test/support/npm/double-client.ts';
import { startNpmDouble } from '../test/support/npm/start-double.ts';

/** What the line says. */
export interface ProxyPlace {
  readonly url: string;
  readonly email: string;
  readonly password: string;
  readonly traffic: string;
}

const [nginx, hosts] = process.argv.slice(2);
const double = await startNpmDouble({ nginx: nginx === 'none' ? 'none' : 'process' });
const api = await logIn(double);
for (let number = 0; number < Number(hosts); number++)
  await api('POST', '/nginx/proxy-hosts', {
    domain_names: [`host-${number}.example.test`],
    forward_scheme: 'http',
    forward_host: '127.0.0.1',
    forward_port: 8080,
  });
const { url, email, password, traffic } = double;
const place: ProxyPlace = { url, email, password, traffic: traffic.http };
process.stdout.write(`${JSON.stringify(place)}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'settled') {
    await double.settled();
    process.stdout.write('settled\n');
    continue;
  }
  const writes = double.requests.filter(({ method, path }) => method !== 'GET' && path.includes('/nginx/'));
  process.stdout.write(`${writes.length}\n`);
}
await double.close();
