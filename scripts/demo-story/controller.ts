// Runs the controller of the demo from source, as `tinyforge run` does, and other commands beside it.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { awaitGone } from '../private-engine/processes.ts';
import { checkout } from '../real-parts/paths.ts';
import { type ControllerApi, createApi } from './api.ts';
import type { DemoConfiguration } from './configuration.ts';
import type { DemoPlace } from './place.ts';
import { type ProgramResult, runProgram } from './run-program.ts';
import { waitFor } from './wait-for.ts';

export interface DemoController {
  readonly api: ControllerApi;
  /** Runs another command of tinyforge on the same configuration. */
  command(...args: readonly string[]): Promise<ProgramResult>;
  /** Asks it to stop, waits, and answers with its exit code; null when it had to be killed. */
  stop(): Promise<number | null>;
}

const program = join(checkout, 'src/main.ts');
const stopPatienceMs = 60_000;

/** Resolves when the controller's first pass is over. Throws with the end of its log when it ends instead. */
export async function startController(
  place: DemoPlace,
  configuration: DemoConfiguration,
  signal: AbortSignal,
): Promise<DemoController> {
  const { file, port, environment } = configuration;
  const logPath = place.at('controller.log');
  const log = openSync(logPath, 'a');
  const child = spawn(process.execPath, [program, 'run', '--file', file], {
    cwd: place.directory,
    env: environment,
    stdio: ['ignore', log, log],
    // In a group of its own: Ctrl-C is for the demo, which stops the controller in good order.
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code));
  });
  let alive = true;
  void ended.then(() => {
    alive = false;
  });
  const api = createApi(`http://127.0.0.1:${port}`);
  const stop = async (): Promise<number | null> => {
    if (alive) child.kill('SIGTERM');
    const pid = child.pid ?? 0;
    if ((await awaitGone([pid], stopPatienceMs)).length > 0) child.kill('SIGKILL');
    return ended;
  };
  try {
    const ready = await waitFor({
      what: 'the controller to be ready',
      signal,
      look: async () => (alive ? (await api.isReady()) && 'ready' : 'ended'),
    });
    if (ready === 'ended')
      throw new Error(`The controller ended at once. Its log ends so:\n${tail(logPath)}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    api,
    command: (...args) =>
      runProgram({
        command: process.execPath,
        args: [program, ...args, '--file', file],
        directory: place.directory,
        environment,
      }),
    stop,
  };
}

/** The last lines of a log file. */
export function tail(path: string, lines = 25): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
