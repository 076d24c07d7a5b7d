// Runs the controller of the demo from its image: as a plain user, with the engine's socket and the demo's folder mounted.
import { chownSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { askEngine, callEngine } from '../local-images/engine-call.ts';
import { controllerContainer, type DemoConfiguration } from './configuration.ts';
import { lastLines, type RunningController, stopPatienceMs } from './controller.ts';
import type { DemoEngine } from './find-engine.ts';
import { readFrames, runInContainer } from './in-container.ts';
import type { DemoPlace } from './place.ts';

/** The user of the image. */
const imageUser = 10_001;

/** Throws where the engine has no such image. */
export async function startFromImage(
  image: string,
  options: {
    readonly place: DemoPlace;
    readonly engine: DemoEngine;
    readonly configuration: DemoConfiguration;
  },
): Promise<RunningController> {
  const { place, engine, configuration } = options;
  const { socketPath } = engine;
  const ask = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
    askEngine({
      socketPath,
      method,
      path,
      timeoutMs: stopPatienceMs * 2,
      ...(body === undefined ? {} : { body }),
    });
  giveToUser(place);
  const { Id: id } = (await ask('POST', `/containers/create?name=${controllerContainer}`, {
    Image: image,
    // Root's demo runs it as the image says, anybody else's as that person, to whom the folder belongs.
    ...(isRoot() ? {} : { User: `${process.getuid?.()}:${process.getgid?.()}` }),
    Cmd: ['run'],
    // Not as a flag of `run`: the health check and other commands in the container find it there too.
    Env: [`TINYFORGE_CONFIG=${configuration.file}`],
    HostConfig: {
      // What it listens at and whom it asks is on this machine's loopback.
      NetworkMode: 'host',
      GroupAdd: [String(statSync(socketPath).gid)],
      // At the same paths as here: the engine is told paths as the controller sees them.
      Binds: [`${place.directory}:${place.directory}`, `${socketPath}:${socketPath}`],
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
    },
  })) as { readonly Id: string };
  await ask('POST', `/containers/${id}/start`);
  const state = async () =>
    ((await ask('GET', `/containers/${id}/json`)) as { State: { Running: boolean; ExitCode: number } }).State;
  let ended: number | null | undefined;
  return {
    isAlive: async () => (await state()).Running,
    async log() {
      const logs = `/containers/${id}/logs?stdout=1&stderr=1&tail=40`;
      const { stdout, stderr } = readFrames(
        (await callEngine({ socketPath, method: 'GET', path: logs })).bytes,
      );
      return lastLines(`${stdout}${stderr}`);
    },
    command: (...args) => runInContainer(socketPath, controllerContainer, ['tinyforge', ...args]),
    async stop() {
      if (ended !== undefined) return ended;
      await ask('POST', `/containers/${id}/stop?t=${stopPatienceMs / 1000}`);
      const { ExitCode } = await state();
      ended = ExitCode === 137 ? null : ExitCode;
      await ask('DELETE', `/containers/${id}?force=1`);
      return ended;
    },
  };
}

/** One that a killed demo left. */
export async function removeFromImage(socketPath: string): Promise<void> {
  await callEngine({ socketPath, method: 'DELETE', path: `/containers/${controllerContainer}?force=1` });
}

/** What the controller reads and writes belongs to whom it runs as: git refuses a repository of somebody else. */
function giveToUser(place: DemoPlace): void {
  mkdirSync(place.at('data'), { recursive: true });
  if (!isRoot()) return;
  for (const name of ['data', 'secrets', 'infra.git', 'tinyforge.yaml']) {
    const path = place.at(name);
    chownSync(path, imageUser, imageUser);
    if (!statSync(path).isDirectory()) continue;
    for (const below of readdirSync(path, { recursive: true, encoding: 'utf8' }))
      chownSync(join(path, below), imageUser, imageUser);
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
