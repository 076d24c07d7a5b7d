// Where one demo keeps what it makes: a git-ignored folder that only one demo uses at a time, and that goes away with it.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcesses, isRunning, processesWithArgument } from '../private-engine/processes.ts';
import { forgeDirectory } from '../real-parts/paths.ts';

/** Programs of the demo that a kill leaves behind are found by the files they were started with. */
export const configurationFile = 'tinyforge.yaml';
export const proxyFile = 'caddy.json';

export interface DemoPlace {
  /** Everything of this demo lies below it. */
  readonly directory: string;
  at(...names: readonly string[]): string;
  /** The socket of the engine that a demo used which was killed here, so that what it left can be removed. */
  readonly abandonedEngine: string | undefined;
  /** Notes which engine is in use, for the one who comes after a kill. */
  noteEngine(socketPath: string): void;
  /** Deletes the folder with all that is in it. */
  remove(): void;
}

/** A demo that is played for a person and one that is checked may run beside each other, on engines of their own. */
export type DemoName = 'demo' | 'demo-check';

/** Takes the folder. One that a living demo uses is left alone, with an error; the programs of a killed one are ended. */
export async function takePlace(name: DemoName): Promise<DemoPlace> {
  const directory = join(forgeDirectory, name);
  const at = (...names: readonly string[]) => join(directory, ...names);
  const owner = Number(readIfThere(at('owner')) ?? 0);
  if (owner > 0 && isRunning(owner))
    throw new Error(
      `A demo runs here already, as process ${owner}. Stop it with Ctrl-C where it runs, or with: kill ${owner}`,
    );
  const abandonedEngine = readIfThere(at('engine'));
  if (owner > 0)
    await endProcesses(
      processesWithArgument((argument) => [at(configurationFile), at(proxyFile)].includes(argument)),
      10_000,
    );
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(at('owner'), `${process.pid}\n`);
  return {
    directory,
    at,
    abandonedEngine,
    noteEngine: (socketPath) => writeFileSync(at('engine'), socketPath),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}
