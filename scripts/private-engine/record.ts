// What is known of a private engine between two commands: kept as engine.json in the engine's own directory.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forgeDirectory } from '../real-parts/paths.ts';

export type DaemonProgram = 'dockerd' | 'dockerd-20';

export interface EngineRecord {
  readonly name: string;
  /** Everything of this engine lies below it and goes with it. */
  readonly directory: string;
  /** Sockets and run-time state; elsewhere than `directory` only when that path is too long for a socket. */
  readonly runDirectory: string;
  readonly socketPath: string;
  readonly containerdSocketPath: string;
  /** The bridge of the engine's default network, made for it. Its number is free on the whole machine. */
  readonly bridge: string;
  /** The /16 that the engine's networks get their addresses from, e.g. `10.104.0.0/16`. */
  readonly addressPool: string;
  /** All its containers' processes are below this cgroup. */
  readonly cgroupParent: string;
  /** The daemon's program, as scripts/real-parts names it: there is an older one beside the usual one. */
  readonly daemonProgram: DaemonProgram;
  readonly daemonArguments: readonly string[];
  /** The daemon's process id; 0 until it has been started. */
  readonly pid: number;
  readonly containerdPid: number;
}

export const enginesDirectory = join(forgeDirectory, 'engines');

/** Names are folders, parts of bridge records and of messages, so they are kept plain. */
export function engineDirectory(name: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))
    throw new Error(`"${name}" cannot name an engine: use small letters, digits and dashes.`);
  return join(enginesDirectory, name);
}

export function readRecord(name: string): EngineRecord | undefined {
  const path = join(engineDirectory(name), 'engine.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

export function writeRecord(record: EngineRecord): EngineRecord {
  mkdirSync(record.directory, { recursive: true });
  writeFileSync(join(record.directory, 'engine.json'), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** The names of all private engines of this checkout, running or left behind. */
export function recordedEngines(): readonly string[] {
  if (!existsSync(enginesDirectory)) return [];
  return readdirSync(enginesDirectory).filter((name) =>
    existsSync(join(enginesDirectory, name, 'engine.json')),
  );
}
