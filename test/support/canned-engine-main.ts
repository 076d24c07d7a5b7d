// A canned engine in a process of its own, so that a measurement holds the reader alone.
// Usage: node test/support/canned-engine-main.ts SOCKET CONTAINERS; says `ready` and ends with its standard input.
import { startCannedEngine } from './canned-engine.ts';

const [socketPath = '', containers = '0'] = process.argv.slice(2);
const engine = await startCannedEngine({ socketPath, containers: Number(containers) });
process.stdout.write('ready\n');
process.stdin.resume().on('end', () => {
  void engine.close();
});
