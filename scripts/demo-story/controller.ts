// The demo's controller, however it is run: from source as a process, or from its image as a container.
import { readFileSync } from 'node:fs';
import { type ControllerApi, createApi } from './api.ts';
import type { DemoConfiguration } from './configuration.ts';
import type { ProgramResult } from './run-program.ts';
import { waitFor } from './wait-for.ts';

/** A controller that was started. */
export interface RunningController {
  isAlive(): Promise<boolean>;
  /** The end of what it wrote. */
  log(): Promise<string>;
  /** Runs another command of tinyforge beside it, on the same configuration. */
  command(...args: readonly string[]): Promise<ProgramResult>;
  /** Asks it to stop, waits, and answers with its exit code; null when it had to be killed. */
  stop(): Promise<number | null>;
}

export interface DemoController extends Omit<RunningController, 'isAlive'> {
  readonly api: ControllerApi;
}

/** As long as it is waited for when it is asked to stop. */
export const stopPatienceMs = 60_000;

/** Resolves when the controller's first pass is over. Throws with the end of its log when it ends instead. */
export async function awaitController(
  running: RunningController,
  { port }: Pick<DemoConfiguration, 'port'>,
  signal: AbortSignal,
): Promise<DemoController> {
  const api = createApi(`http://127.0.0.1:${port}`);
  try {
    const ready = await waitFor({
      what: 'the controller to be ready',
      signal,
      look: async () => ((await running.isAlive()) ? (await api.isReady()) && 'ready' : 'ended'),
    });
    if (ready === 'ended')
      throw new Error(`The controller ended at once. Its log ends so:\n${await running.log()}`);
  } catch (error) {
    await running.stop();
    throw error;
  }
  const { log, command, stop } = running;
  return { api, log, command, stop };
}

/** The last lines of a log file. */
export function tail(path: string, lines = 25): string {
  return lastLines(readFileSync(path, 'utf8'), lines);
}

export function lastLines(text: string, lines = 25): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
