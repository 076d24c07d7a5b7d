// Sets the scene: engine, Compose, images, repository, configuration, controller. What is built is taken away in reverse.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stopAbandonedEngines } from '../private-engine/abandoned.ts';
import { checkout } from '../real-parts/paths.ts';
import { clearEngine } from './clear-engine.ts';
import { clearFolder } from './clear-folder.ts';
import { controllerName, hookName, secretFileOf, writeConfiguration, writeSecret } from './configuration.ts';
import { awaitController, type DemoController } from './controller.ts';
import { startDevice } from './device.ts';
import { createEngineView, type EngineLists, type EngineView } from './engine-view.ts';
import { findCompose } from './find-compose.ts';
import { type DemoEngine, findEngine } from './find-engine.ts';
import { removeFromImage, startFromImage } from './from-image.ts';
import { startFromSource } from './from-source.ts';
import { makeImages } from './images.ts';
import { type DemoName, type DemoPlace, takePlace } from './place.ts';
import { freePort } from './port.ts';
import { type DemoProxy, startProxy } from './proxy.ts';
import { type DemoRepository, makeRepository } from './repository.ts';
import type { Talk } from './talk.ts';

export interface Scene {
  readonly talk: Talk;
  readonly signal: AbortSignal;
  readonly place: DemoPlace;
  readonly engine: DemoEngine;
  readonly view: EngineView;
  readonly repository: DemoRepository;
  readonly controller: DemoController;
  /** Undefined where the demo goes without routes. */
  readonly proxy: DemoProxy | undefined;
  /** What there was on the engine before the demo came. */
  readonly before: EngineLists;
}

export interface SceneOptions {
  readonly name: DemoName;
  /** How often the controller looks at the repository by itself. */
  readonly poll: string;
  /** The controller's image, which the engine has; undefined runs it from source. */
  readonly image: string | undefined;
  readonly talk: Talk;
  readonly signal: AbortSignal;
  /** Takes everything away again when it is disposed of, after success as after any failure. */
  readonly cleanUp: AsyncDisposableStack;
}

export async function setScene(options: SceneOptions): Promise<Scene> {
  const { name, poll, image, talk, signal, cleanUp } = options;
  const place = await takePlace(name);
  cleanUp.defer(() => place.remove());
  if (place.abandonedEngine !== undefined && process.getuid?.() === 0) await stopAbandonedEngines();
  const engine = await findEngine(talk);
  cleanUp.defer(() => engine.stop());
  const { socketPath } = engine;
  const view = createEngineView(socketPath, controllerName);
  await makeRoom(place, engine, view);
  place.noteEngine(socketPath);
  const before = await view.lists();
  const composePlugin = image === undefined ? await findCompose(talk) : undefined;
  signal.throwIfAborted();

  cleanUp.defer(async () => {
    await clearEngine(socketPath, controllerName);
  });
  talk.say(
    'Making its images: a small web application in two good versions and a bad one, and a web server.',
  );
  await makeImages(socketPath, talk);
  // Before the images go, for one of them does it.
  cleanUp.defer(() => clearFolder(place, engine));
  signal.throwIfAborted();

  const proxy = await startProxy(place, { talk, signal });
  if (proxy !== undefined) cleanUp.defer(() => proxy.stop());
  if (proxy !== undefined) talk.say(`Started a Caddy that leads to what will run, at ${proxy.traffic}/.`);
  const device = proxy === undefined ? undefined : await startDevice();
  if (device !== undefined) cleanUp.defer(() => device.stop());
  signal.throwIfAborted();

  const port = await freePort(8480);
  writeSecret(place);
  const repositoryUrl = pathToFileURL(place.at('infra.git')).href;
  const hookAddress = `http://127.0.0.1:${port}/api/webhooks/${hookName}`;
  const hook = [process.execPath, join(checkout, 'scripts/demo-story/after-push.ts')];
  const repository = await makeRepository(place, {
    hook: [...hook, hookAddress, secretFileOf(place), repositoryUrl],
    device: device?.address,
  });
  talk.say(`Made a git repository from examples/forge.d, and a clone of it to edit: ${repository.clone}`);
  const configuration = writeConfiguration(place, {
    ...{ repositoryUrl, socketPath, composePlugin, port, poll, proxy },
  });
  signal.throwIfAborted();
  const started =
    image === undefined
      ? startFromSource(place, configuration)
      : await startFromImage(image, { place, engine, configuration });
  const controller = await awaitController(started, configuration, signal);
  cleanUp.defer(async () => {
    await controller.stop();
  });
  talk.say(`The controller runs, from ${image ?? 'source'}. Its status page: ${controller.api.address}/`);
  return { talk, signal, place, engine, view, repository, controller, proxy, before };
}

/** Removes what a killed demo of this checkout left. What another one made is not ours to remove: it may be alive. */
async function makeRoom(place: DemoPlace, { socketPath }: DemoEngine, view: EngineView): Promise<void> {
  if (place.abandonedEngine === socketPath) {
    await removeFromImage(socketPath);
    await clearEngine(socketPath, controllerName);
  }
  const others = await view.containers();
  if (others.length === 0) return;
  const names = others.map((container) => container.name);
  throw new Error(
    `Another demo runs on this engine (${names[0]} and ${names.length - 1} more containers). Stop it where it runs. If nobody runs one, remove what it left: docker rm -f ${names.join(' ')}`,
  );
}
