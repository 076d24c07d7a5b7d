// Starts containerd and the Docker daemon of one private engine, and waits until the engine answers.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { answersPing } from '../real-parts/machine.ts';
import { programPath, readPaths } from '../real-parts/paths.ts';
import { isRunning } from './processes.ts';
import { type EngineRecord, writeRecord } from './record.ts';

const startTimeoutMs = 60_000;

/**
 * Starts what of the two is not running, with the data that is there, and answers with the record that has the new
 * process ids. containerd is started apart from the daemon, as on a server: it outlives the daemon's crash.
 */
export async function startDaemons(record: EngineRecord): Promise<EngineRecord> {
  let current = record;
  if (current.containerdPid === 0 || !isRunning(current.containerdPid)) {
    rmSync(current.containerdSocketPath, { force: true });
    const containerd = launch(current, 'containerd', ['--config', writeContainerdConfig(current)]);
    current = writeRecord({ ...current, containerdPid: containerd.pid ?? 0 });
    await awaitReady({
      record: current,
      name: 'containerd',
      child: containerd,
      isReady: async () => existsSync(current.containerdSocketPath),
    });
  }
  // After SIGKILL the pid file stays, and the new daemon refuses to start when that id is a zombie or someone else's.
  rmSync(join(current.directory, 'dockerd.pid'), { force: true });
  const { daemonProgram } = current;
  const daemon = launch(current, daemonProgram, current.daemonArguments);
  current = writeRecord({ ...current, pid: daemon.pid ?? 0 });
  await awaitReady({
    record: current,
    name: daemonProgram,
    child: daemon,
    isReady: () => answersPing(current.socketPath, 5000),
  });
  return current;
}

/** The environment is built, not inherited: a proxy variable of the caller would send loopback pulls elsewhere. */
function launch(record: EngineRecord, program: string, args: readonly string[]): ChildProcess {
  const log = openSync(join(record.directory, `${program}.log`), 'a');
  const child = spawn(programPath(program), args, {
    cwd: record.directory,
    detached: true,
    env: { PATH: `${readPaths().bin}:${process.env.PATH ?? ''}:/usr/sbin:/sbin`, HOME: record.directory },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  return child;
}

async function awaitReady(options: {
  readonly record: EngineRecord;
  readonly name: string;
  readonly child: ChildProcess;
  readonly isReady: () => Promise<boolean>;
}): Promise<void> {
  const { record, name, child, isReady } = options;
  let failure = '';
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure = `it ended at once (${signal ?? `exit code ${code}`})`;
  });
  const deadline = performance.now() + startTimeoutMs;
  while (!(await isReady())) {
    if (performance.now() > deadline) failure = `no answer in ${startTimeoutMs / 1000} s`;
    if (failure !== '') throw new Error(`${name} did not start: ${failure}.\n${lastLines(record, name)}`);
    await delay(20);
  }
  child.removeAllListeners();
}

function lastLines(record: EngineRecord, name: string): string {
  const text = readFileSync(join(record.directory, `${name}.log`), 'utf8');
  return text.trimEnd().split('\n').slice(-15).join('\n');
}

function writeContainerdConfig(record: EngineRecord): string {
  const path = join(record.directory, 'containerd.toml');
  const plugin = (name: string) => `"io.containerd.${name}"`;
  const unused = [
    'grpc.v1.cri',
    ...['aufs', 'btrfs', 'zfs', 'devmapper'].map((name) => `snapshotter.v1.${name}`),
  ];
  const lines = [
    'version = 2',
    `root = ${JSON.stringify(join(record.directory, 'containerd'))}`,
    `state = ${JSON.stringify(join(record.runDirectory, 'containerd'))}`,
    `disabled_plugins = [${unused.map(plugin).join(', ')}]`,
    '[grpc]',
    `address = ${JSON.stringify(record.containerdSocketPath)}`,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}
