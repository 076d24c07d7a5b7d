// Starts a private Docker engine: its own data, sockets, bridge, addresses and cgroup, and no change to the machine's firewall.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersPing } from '../real-parts/machine.ts';
import { makeBridge } from './bridge.ts';
import { ensureCgroups } from './cgroups.ts';
import { startDaemons } from './daemon.ts';
import { allowForwarding } from './forwarding.ts';
import { type DaemonProgram, type EngineRecord, engineDirectory, readRecord, writeRecord } from './record.ts';
import { stopPrivateEngine } from './stop.ts';

export interface PrivateEngineOptions {
  readonly name: string;
  /** Containers run on while the daemon is away. */
  readonly liveRestore?: 'on' | 'off';
  /** `host:port` of registries to talk plain HTTP to; loopback ones need no entry. */
  readonly insecureRegistries?: readonly string[];
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
  /** Left out, the daemon picks overlay2, or vfs where that cannot be. */
  readonly storageDriver?: string;
  /** `dockerd-20` speaks API 1.41 at most. */
  readonly daemonProgram?: DaemonProgram;
  /**
   * `leave` (the default) makes no firewall rule: published ports are served by the engine's own proxy process, and
   * networks are not fenced off from each other. `manage` lets the engine write its rules as on a server.
   */
  readonly firewall?: 'leave' | 'manage';
}

/** Unix socket paths are cut at 108 bytes; this is the longest name that the daemons put below the run directory. */
const longestSocketName = '/exec/libnetwork/0123456789ab.sock';

/** Starts the engine, or answers with the one of that name that runs. What a crash left of it is cleared away first. */
export async function startPrivateEngine(options: PrivateEngineOptions): Promise<EngineRecord> {
  const running = readRecord(options.name);
  if (running !== undefined && (await answersPing(running.socketPath))) return running;
  if (process.getuid?.() !== 0) throw new Error('A private engine needs root.');
  await stopPrivateEngine(options.name);
  ensureCgroups();
  const record = makePlace(options);
  if (options.firewall !== 'manage') allowForwarding(record.addressPool);
  try {
    return await startDaemons(record);
  } catch (error) {
    await stopPrivateEngine(options.name);
    throw error;
  }
}

function makePlace(options: PrivateEngineOptions): EngineRecord {
  const directory = engineDirectory(options.name);
  const runDirectory = runDirectoryFor(directory);
  mkdirSync(directory, { recursive: true });
  mkdirSync(runDirectory, { recursive: true, mode: 0o700 });
  // The machine's own /etc/docker/daemon.json is for the machine's own engine.
  writeFileSync(join(directory, 'daemon.json'), '{}\n');
  const bridge = makeBridge(directory);
  const place = {
    name: options.name,
    directory,
    runDirectory,
    socketPath: join(runDirectory, 'docker.sock'),
    containerdSocketPath: join(runDirectory, 'containerd.sock'),
    bridge: bridge.name,
    addressPool: bridge.addressPool,
    cgroupParent: `/tinyforge-${bridge.name}`,
    daemonProgram: options.daemonProgram ?? 'dockerd',
    pid: 0,
    containerdPid: 0,
  };
  return writeRecord({ ...place, daemonArguments: daemonArguments(place, options) });
}

function daemonArguments(
  place: Omit<EngineRecord, 'daemonArguments'>,
  options: PrivateEngineOptions,
): readonly string[] {
  const { liveRestore = 'off', insecureRegistries = [], logLevel = 'info', firewall = 'leave' } = options;
  return [
    `--config-file=${join(place.directory, 'daemon.json')}`,
    `--containerd=${place.containerdSocketPath}`,
    `--data-root=${join(place.directory, 'data')}`,
    `--exec-root=${join(place.runDirectory, 'exec')}`,
    `--pidfile=${join(place.directory, 'dockerd.pid')}`,
    `--host=unix://${place.socketPath}`,
    '--group=root',
    `--log-level=${logLevel}`,
    `--bridge=${place.bridge}`,
    `--default-address-pool=base=${place.addressPool},size=24`,
    // With systemd's driver the cgroup of the containers could not be named, so not be swept either.
    '--exec-opt=native.cgroupdriver=cgroupfs',
    `--cgroup-parent=${place.cgroupParent}`,
    ...(firewall === 'leave' ? ['--iptables=false', '--ip6tables=false', '--ip-forward=false'] : []),
    ...(liveRestore === 'on' ? ['--live-restore'] : []),
    ...(options.storageDriver === undefined ? [] : [`--storage-driver=${options.storageDriver}`]),
    ...insecureRegistries.map((registry) => `--insecure-registry=${registry}`),
  ];
}

function runDirectoryFor(directory: string): string {
  const usual = join(directory, 'run');
  if (Buffer.byteLength(usual + longestSocketName) < 108) return usual;
  return `/tmp/tinyforge-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`;
}
