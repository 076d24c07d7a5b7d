// Ends a private engine and everything it started, then removes its mounts, bridges, cgroups and data.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeBridges } from './bridge.ts';
import { processesBelow, removeCgroups } from './cgroups.ts';
import { forgetForwarding } from './forwarding.ts';
import { awaitGone, endProcesses, processesWithArgument, signalAll } from './processes.ts';
import { type EngineRecord, engineDirectory, readRecord } from './record.ts';

/**
 * Ends the engine and deletes its data. There is nothing to save, so nothing is asked to finish: the daemon goes first
 * (it would start its containers again), then what it had started. Calling it for an engine that is gone is no error.
 */
export async function stopPrivateEngine(name: string): Promise<void> {
  const record = readRecord(name);
  if (record !== undefined) {
    for (const daemon of ['dockerd', 'containerd'] as const) await kill(daemonProcesses(record, daemon));
    await kill([...processesBelow(record.cgroupParent), ...shims(record)]);
    removeShimSockets(record);
    unmountBelow([record.directory, record.runDirectory]);
    removeCgroups(record.cgroupParent);
    forgetForwarding(record.addressPool);
    removeBridges({ name: record.bridge, addressPool: record.addressPool });
    rmSync(record.runDirectory, { recursive: true, force: true });
  }
  rmSync(engineDirectory(name), { recursive: true, force: true });
}

/** Ends the daemons as a server's shutdown does, and keeps the data. */
export async function shutDownPrivateEngine(record: EngineRecord): Promise<void> {
  await endProcesses(daemonProcesses(record, 'dockerd'), 45_000);
  await endProcesses(daemonProcesses(record, 'containerd'), 10_000);
}

/** Found by the paths in their arguments rather than by a remembered id, which may be somebody else's by now. */
function daemonProcesses(record: EngineRecord, daemon: 'dockerd' | 'containerd'): readonly number[] {
  const config = join(record.directory, 'containerd.toml');
  const pidFile = `--pidfile=${join(record.directory, 'dockerd.pid')}`;
  return processesWithArgument((argument) => argument === (daemon === 'dockerd' ? pidFile : config));
}

function shims(record: EngineRecord): readonly number[] {
  return processesWithArgument((argument) => argument === record.containerdSocketPath);
}

async function kill(pids: readonly number[]): Promise<void> {
  signalAll(pids, 'SIGKILL');
  const stuck = await awaitGone(pids, 15_000);
  if (stuck.length > 0) throw new Error(`The processes ${stuck.join(', ')} cannot be ended.`);
}

/** A shim keeps its socket below /run/containerd, whatever the engine's directory; killed, it leaves it there. */
function removeShimSockets(record: EngineRecord): void {
  const tasks = join(record.runDirectory, 'containerd/io.containerd.runtime.v2.task/moby');
  if (!existsSync(tasks)) return;
  for (const task of readdirSync(tasks)) {
    const address = join(tasks, task, 'address');
    if (existsSync(address)) rmSync(readFileSync(address, 'utf8').replace('unix://', ''), { force: true });
  }
}

function unmountBelow(folders: readonly string[]): void {
  const places = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '))
    .filter((place) => folders.some((folder) => place.startsWith(`${folder}/`)));
  // The last mounted first: a mount may lie below another.
  if (places.length > 0) spawnSync('umount', ['--lazy', ...places.toReversed()]);
}
