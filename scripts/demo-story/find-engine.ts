// Finds the engine that the demo runs on: the machine's own where one answers, else a private one that goes away with the demo.
import { stopAbandonedEngines } from '../private-engine/abandoned.ts';
import { startPrivateEngine } from '../private-engine/start.ts';
import { stopPrivateEngine } from '../private-engine/stop.ts';
import { debianRelease, findLiveEngine } from '../real-parts/machine.ts';
import { checkout } from '../real-parts/paths.ts';
import { runProgram } from './run-program.ts';
import type { Talk } from './talk.ts';

export interface DemoEngine {
  readonly socketPath: string;
  /** `live` belongs to the machine: only what the demo made may be touched. `private` is the demo's alone. */
  readonly ownership: 'live' | 'private';
  /** Ends a private engine and deletes its data; leaves a live one as it is. */
  stop(): Promise<void>;
}

/** Throws with what to do where there is no engine and none can be brought. */
export async function findEngine(talk: Talk): Promise<DemoEngine> {
  const named = process.env.DOCKER_HOST;
  const address = await findLiveEngine();
  if (address !== undefined) {
    talk.say(
      `A Docker engine answers at ${address}. The demo uses it, and touches only what it makes itself.`,
    );
    return { socketPath: address.slice('unix://'.length), ownership: 'live', stop: async () => undefined };
  }
  const why =
    named === undefined
      ? 'No Docker engine answers on this machine.'
      : named.startsWith('unix://')
        ? `No Docker engine answers at ${named} (DOCKER_HOST).`
        : `DOCKER_HOST is ${named}; the demo can use an engine on this machine only, by its socket.`;
  if (debianRelease() === undefined || process.getuid?.() !== 0)
    throw new Error(
      `${why} Start one and run the demo again. On Debian 12 as root the demo brings an engine of its own.`,
    );
  talk.say(`${why} The demo starts a private one, from Debian's packages, and takes it away at the end.`);
  const parts = await bring(['engine']);
  if (parts !== undefined) throw new Error(`The engine could not be brought.\n${parts}`);
  await stopAbandonedEngines();
  const name = `demo-${process.pid}`;
  const record = await startPrivateEngine({ name });
  return { socketPath: record.socketPath, ownership: 'private', stop: () => stopPrivateEngine(name) };
}

/** Brings real parts; answers with what went wrong in the words of the installer, or undefined when all are there. */
export async function bring(parts: readonly string[]): Promise<string | undefined> {
  const { code, stderr } = await runProgram({
    command: 'sh',
    args: ['scripts/install-real-parts', '--if-missing', ...parts],
    directory: checkout,
    timeoutMs: 600_000,
  });
  return code === 0 ? undefined : stderr.trim();
}
