// The process: streams and signals in, an exit code out.
import { createSystemClock } from '../adapters/clock/system-clock.ts';
import { createWorkplace } from '../adapters/workplace/create-workplace.ts';
import { giveCursorBack, runCli, showsLog } from '../cli/index.ts';
import { createSessions } from '../wire.ts';
import { VERSION } from './version.ts';

// Files of ours hold references and state; nobody else on the machine reads them.
process.umask(0o077);

// Whoever reads the answer may leave early, as `head` does: that is no fault of ours and none of the command.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const stop = new AbortController();
let asked = false;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // The second time means now.
    if (asked) {
      giveCursorBack(process.stderr);
      process.exit(name === 'SIGINT' ? 130 : 143);
    }
    asked = true;
    stop.abort(name);
  });
}

const isJson = process.argv.some(
  (argument) => argument === 'json' || argument === 'jsonl' || argument === '--output=json',
);
const code = await runCli({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  sessions: createSessions({
    env: process.env,
    cwd: process.cwd(),
    writeLog: showsLog(process.argv.slice(2)) ? (line) => void process.stderr.write(line) : null,
    logFormat: isJson ? 'json' : 'plain',
  }),
  workplace: createWorkplace({
    cwd: process.cwd(),
    streams: () => ({ input: process.stdin, output: process.stderr }),
  }),
  clock: createSystemClock(),
  signal: stop.signal,
  version: VERSION,
});
process.exit(code);
