// The simulated engine with the containers of a house, in a process of its own.
// Usage: node bench/canned-engine-child.ts SOCKET [WORKLOADS]; says `ready`, answers each line with when the next list of
// containers was asked for (milliseconds since 1970), and ends with its standard input.
import { createInterface } from 'node:readline';
import { startCannedEngine } from '../test/support/canned-engine.ts';
import { houseController, houseList, replicas, workloadCount } from './canned-house.ts';

const [socketPath = '', workloads = String(workloadCount)] = process.argv.slice(2);
const engine = await startCannedEngine({
  socketPath,
  containers: Number(workloads) * replicas,
  controller: houseController,
});
const list = houseList(Number(workloads));
let waiting = 0;
engine.answer('GET /containers/json', (response) => {
  const atMs = performance.timeOrigin + performance.now();
  for (; waiting > 0; waiting--) process.stdout.write(`${atMs}\n`);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(list);
});
process.stdout.write('ready\n');
const lines = createInterface({ input: process.stdin });
lines.on('line', () => {
  waiting += 1;
  process.stdout.write('waiting\n');
});
lines.on('close', () => void engine.close());
