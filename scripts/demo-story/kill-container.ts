// Kills a container by name, for people without the Docker CLI.
// Usage: node kill-container.ts SOCKET NAME
import { callEngine } from '../local-images/engine-call.ts';

const [socketPath = '', name = ''] = process.argv.slice(2);
const { status, text } = await callEngine({
  socketPath,
  method: 'POST',
  path: `/containers/${encodeURIComponent(name)}/kill`,
});
process.stdout.write(status < 300 ? `${name} was killed.\n` : `${text.trim()}\n`);
process.exitCode = status < 300 ? 0 : 1;
