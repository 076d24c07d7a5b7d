// Runs the controller of the demo from source, as `tinyforge run` does.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { awaitGone } from '../private-engine/processes.ts';
import { checkout } from '../real-parts/paths.ts';
import type { DemoConfiguration } from './configuration.ts';
import { type RunningController, stopPatienceMs, tail } from './controller.ts';
import type { DemoPlace } from './place.ts';
import { runProgram } from './run-program.ts';

const program = join(checkout, 'src/main.ts');

export function startFromSource(
  place: DemoPlace,
  { file, environment }: DemoConfiguration,
): RunningController {
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
  return {
    isAlive: async () => alive,
    log: async () => tail(logPath),
    command: (...args) =>
      runProgram({
        command: process.execPath,
        args: [program, ...args, '--file', file],
        directory: place.directory,
        environment,
      }),
    async stop() {
      if (alive) child.kill('SIGTERM');
      const pid = child.pid ?? 0;
      if ((await awaitGone([pid], stopPatienceMs)).length > 0) child.kill('SIGKILL');
      return ended;
    },
  };
}
