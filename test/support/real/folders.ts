// A folder of stacks as people have them: each in a folder of its own, brought up by hand, serving, with data.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { programPath } from '../../../scripts/real-parts/paths.ts';
import { checksum, volumeChecksum, volumeFolder } from './checksum.ts';
import type { RealController } from './controller.ts';
import { testImages } from './images.ts';
import { type StackContainer, stackContainers } from './stack.ts';
import { until } from './until.ts';

const run = promisify(execFile);

export interface StackFolder {
  /** Of the folder, the project and the workload. */
  name: string;
  folder: string;
  /** Of loopback, where its web service answers. */
  port: number;
}

/** A web service with a bind of data and a volume, and a second service beside it. */
export function composeText({ port }: Pick<StackFolder, 'port'>, change = '1'): string {
  return `services:
  web:
    image: ${testImages.web1}
    restart: unless-stopped
    stop_grace_period: 1s
    environment: { GREETING: "\${GREETING:-none}" }
    ports: ["127.0.0.1:${port}:8080"]
    volumes: ["./data:/data", "files:/files"]
  aside: { image: ${testImages.shell}, init: true, stop_grace_period: 1s, restart: unless-stopped, environment: { V: "${change}" }, depends_on: [web] }
volumes: { files: {} }
`;
}

/** Writes `count` of them below the rig's directory and brings them up as their owner would. */
export async function stacksByHand(rig: RealController, count: number): Promise<StackFolder[]> {
  const folders: StackFolder[] = [];
  for (const [index, port] of (await freePorts(count)).entries()) {
    const name = `${rig.name}-${String(index + 1).padStart(2, '0')}`;
    folders.push({ name, folder: join(rig.directory, name), port });
  }
  for (const one of folders) {
    await mkdir(join(one.folder, 'data'), { recursive: true });
    await writeFile(join(one.folder, 'compose.yaml'), composeText(one));
    await writeFile(join(one.folder, '.env'), `GREETING=of ${one.name}\n`);
    await writeFile(join(one.folder, 'data', 'row'), `of ${one.name}`);
  }
  const waiting = [...folders];
  const worker = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await upByHand(rig, one.folder);
  };
  await Promise.all([worker(), worker(), worker()]);
  for (const { name } of folders)
    await writeFile(join(await volumeFolder(rig, `${name}_files`), 'row'), `files of ${name}`);
  // As of a house that runs for a while: what started just now is to be seen well first.
  await until({
    what: 'all of them have been up for a second',
    look: async () => {
      const young = (await rig.all()).filter(({ status }) => /less than a second/i.test(status));
      return young.length === 0 || undefined;
    },
  });
  return folders;
}

/** All held at once, for a port that is let go may be given again. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** `docker compose up -d` in a folder. */
export async function upByHand(
  rig: RealController,
  folder: string,
  args: readonly string[] = ['up', '-d'],
): Promise<void> {
  await run(programPath('docker-compose'), [...args], {
    cwd: folder,
    env: { ...process.env, PWD: folder, DOCKER_HOST: rig.engine.dockerHost },
  });
}

export async function containersOf(
  rig: RealController,
  folders: readonly StackFolder[],
): Promise<StackContainer[]> {
  return (await Promise.all(folders.map(({ name }) => stackContainers(rig, name)))).flat();
}

/** What says that a container is the very one and was never restarted. */
export function lives(containers: readonly StackContainer[]): string[] {
  return containers.map(({ name, id, startedAt, state }) => `${name} ${id} ${startedAt} ${state}`);
}

/** Over every file of the folders' data and of their volumes. */
export async function checksums(
  rig: RealController,
  folders: readonly StackFolder[],
): Promise<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const { name, folder } of folders) {
    sums[`${name}/data`] = await checksum(join(folder, 'data'));
    sums[`${name}_files`] = await volumeChecksum(rig, `${name}_files`);
  }
  return sums;
}

export interface Load extends AsyncDisposable {
  /** Ends the asking: how many were answered, and what was not. */
  stop(): Promise<{ answered: number; failures: string[] }>;
}

/** Asks each of them in turn, on loopback, until it is stopped. */
export function askAll(folders: readonly StackFolder[]): Load {
  const seen = { answered: 0, failures: [] as string[] };
  let isStopped = false;
  const asking = (async () => {
    while (!isStopped) {
      for (const { name, port } of folders) {
        const wrong = await ask(port);
        if (wrong === null) seen.answered++;
        else seen.failures.push(`${name}: ${wrong}`);
      }
      // The machine is shared with those who are watched.
      await delay(20);
    }
  })();
  const stop = async (): Promise<typeof seen> => {
    isStopped = true;
    await asking;
    return seen;
  };
  return { stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

/** Null for a good answer. */
export function ask(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/', agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode === 200 ? null : `${response.statusCode}`));
    });
    request.once('timeout', () => request.destroy(new Error('no answer')));
    request.once('error', (error) => resolve(error.message));
  });
}
