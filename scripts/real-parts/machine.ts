// What this machine is and has: its Debian release, programs on the PATH, a live engine, a Compose plugin.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The releases whose own packages and the next one's are known to work together. */
const successors: Readonly<Record<string, string>> = { bookworm: 'trixie', trixie: 'trixie' };

export interface DebianRelease {
  readonly own: string;
  readonly newer: string;
}

/** The machine's Debian release and the one we take newer packages from; undefined where we know no way. */
export function debianRelease(osReleasePath = '/etc/os-release'): DebianRelease | undefined {
  if (!existsSync(osReleasePath)) return undefined;
  const text = readFileSync(osReleasePath, 'utf8');
  if (!/^ID="?debian"?$/m.test(text)) return undefined;
  const own = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(text)?.[1];
  const newer = own === undefined ? undefined : successors[own];
  return own === undefined || newer === undefined ? undefined : { own, newer };
}

/** The first executable of that name on the PATH, with the directories that only root's PATH has. */
export function findOnPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The address of an engine that answers on this machine (`DOCKER_HOST`, else the default socket), or undefined.
 * Only unix sockets are asked: an engine elsewhere is nothing that a demo or a test should lay hands on.
 */
export async function findLiveEngine(environment = process.env): Promise<string | undefined> {
  const address = environment.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
  if (!address.startsWith('unix://')) return undefined;
  return (await answersPing(address.slice('unix://'.length))) ? address : undefined;
}

/** Whether an engine answers `_ping` at that socket within the deadline; a frozen engine accepts and never answers. */
export function answersPing(socketPath: string, timeoutMs = 2000): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(
      { socketPath, path: '/_ping', signal: AbortSignal.timeout(timeoutMs) },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      },
    );
    call.on('error', () => resolve(false));
    call.end();
  });
}

/** The Compose plugin (version 2 or newer) where the Docker CLI looks for it, or undefined. */
export function findComposePlugin(): string | undefined {
  const folders = [
    join(process.env.DOCKER_CONFIG ?? join(homedir(), '.docker'), 'cli-plugins'),
    '/usr/local/lib/docker/cli-plugins',
    '/usr/local/libexec/docker/cli-plugins',
    '/usr/lib/docker/cli-plugins',
    '/usr/libexec/docker/cli-plugins',
  ];
  return folders
    .map((folder) => join(folder, 'docker-compose'))
    .find((path) => isExecutable(path) && isVersion2(path));
}

function isVersion2(plugin: string): boolean {
  const { stdout } = spawnSync(plugin, ['version', '--short'], { encoding: 'utf8', timeout: 10_000 });
  const major = /^v?(\d+)\./.exec(stdout ?? '')?.[1];
  return major !== undefined && Number(major) >= 2;
}
