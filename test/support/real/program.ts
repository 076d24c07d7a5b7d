// Runs one real server program for a test: started when its port answers, ended by its id, and gone with the test process.
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { until } from './until.ts';

export interface RunningProgram {
  readonly pid: number;
  /** What it has written to stdout and stderr so far. */
  output(): string;
  /** Sends the signal and waits until the process has ended. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a program and waits until its port on 127.0.0.1 takes connections. Throws with its output when it ends instead. */
export async function startProgram(options: {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly environment?: NodeJS.ProcessEnv;
}): Promise<RunningProgram> {
  const { command, args, port, environment = process.env } = options;
  const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let ended = false;
  const keep = (chunk: Buffer) => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      ended = true;
      resolve();
    });
    child.once('exit', () => {
      ended = true;
      resolve();
    });
  });
  // A failed assertion may end the test process before anyone calls end().
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (!ended) child.kill(signal);
    await gone;
    process.removeListener('exit', endWithUs);
  };
  const ready = await until({
    what: `${command} to listen on port ${port}`,
    look: async () => ended || (await acceptsConnections(port)),
  }).catch(async (error: unknown) => {
    await end('SIGKILL');
    throw error;
  });
  if (!ready || ended) throw new Error(`${command} ended instead of listening on port ${port}:\n${output}`);
  return { pid: child.pid ?? 0, output: () => output, end };
}

const given = new Set<number>();

/** A port of 127.0.0.1 that was free a moment ago, and another one at each call: who asks for two wants two. */
export async function freePort(): Promise<number> {
  const port = await portOfKernel();
  if (given.has(port)) return freePort();
  given.add(port);
  return port;
}

function portOfKernel(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('No port was given.'));
      });
    });
  });
}

/** Whether something listens on that port, of 127.0.0.1 unless another address is given. */
export function acceptsConnections(port: number, address = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    const answer = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
