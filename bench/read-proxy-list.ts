// The baseline of the five hundred hosts: reads the proxy's list and parses it, once for each line it is sent.
// Usage: node bench/read-proxy-list.ts URL EMAIL, with the password as TINYFORGE_BENCH_PASSWORD; answers `MILLISECONDS HOSTS`.
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';

const [url = '', email = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

function call(method: string, path: string, options: { token?: string; body?: unknown }): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const { token, body } = options;
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const sent = request(`${url}/api${path}`, { method, agent, headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
    response.on('error', reject);
  });
  sent.on('error', reject);
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

const credentials = { identity: email, secret: process.env.TINYFORGE_BENCH_PASSWORD };
const { token } = (await call('POST', '/tokens', { body: credentials })) as { token: string };
for await (const _line of createInterface({ input: process.stdin })) {
  const startedAt = performance.now();
  const hosts = (await call('GET', '/nginx/proxy-hosts', { token })) as unknown[];
  process.stdout.write(`${performance.now() - startedAt} ${hosts.length}\n`);
}
agent.destroy();
