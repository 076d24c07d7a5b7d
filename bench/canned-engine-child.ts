// The simulated engine with ten thousand containers, in a process of its own.
// Usage: node bench/canned-engine-child.ts SOCKET; says `ready`, and ends with its standard input.
import { startCannedEngine } from '../test/support/canned-engine.ts';
import { houseContainers, houseController, houseList } from './canned-house.ts';

const [socketPath = ''] = process.argv.slice(2);
const engine = await startCannedEngine({
  socketPath,
  containers: houseContainers,
  controller: houseController,
});
const list = houseList();
engine.answer('GET /containers/json', (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(list);
});
process.stdout.write('ready\n');
process.stdin.resume().on('end', () => void engine.close());
