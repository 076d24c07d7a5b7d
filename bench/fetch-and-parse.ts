// The baseline of the ten thousand containers: fetches the list from the socket and parses it, once for each line it is sent.
// Usage: node bench/fetch-and-parse.ts SOCKET; answers each line with `MILLISECONDS CONTAINERS`.
import { get } from 'node:http';
import { createInterface } from 'node:readline';

const [socketPath = ''] = process.argv.slice(2);

function fetchList(): Promise<readonly unknown[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly unknown[]>();
  get({ socketPath, path: '/v1.45/containers/json?all=1' }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
    response.on('error', reject);
  }).on('error', reject);
  return promise;
}

for await (const _line of createInterface({ input: process.stdin })) {
  const startedAt = performance.now();
  const containers = await fetchList();
  process.stdout.write(`${performance.now() - startedAt} ${containers.length}\n`);
}
