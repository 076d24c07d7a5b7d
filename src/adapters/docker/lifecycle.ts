// Start, stop, rename, remove: each is done when the container is so already.
import { setTimeout as sleep } from 'node:timers/promises';
import { nameTaken } from './create-container.ts';
import type { Engine } from './engine.ts';
import { slowFault } from './faults.ts';
import type { InspectedContainer } from './inspect.ts';
import type { Refusal } from './refusal.ts';
import { startFault } from './start-fault.ts';

const LOOK_AGAIN_MS = 200;
/** About a second together. */
const LIST_LOOK_AGAIN_MS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const FULL_ID = /^[0-9a-f]{64}$/;

/** Faults: PortTaken, StartFailed, NetworkGone, ContainerGone, and the general ones. */
export async function startContainer(engine: Engine, container: string): Promise<void> {
  await engine.write<unknown>({
    call: 'POST /containers/start',
    ms: engine.deadlines.startMs,
    run: (docker, { signal }) =>
      docker.getContainer(encodeURIComponent(container)).start({ abortSignal: signal }),
    onRefusal(refusal, error) {
      if (refusal.status === 304) return Promise.resolve();
      return startFault(engine, { container, refusal, error });
    },
  });
}

/**
 * The engine kills it after the grace. A stopped one is success; a vanished one is ContainerGone. Engine 26 answers
 * some milliseconds before its list agrees, and whoever lists next must not see it run, so that is waited for.
 */
export async function stopContainer(engine: Engine, container: string, graceMs: number): Promise<void> {
  await engine.write<unknown>({
    call: 'POST /containers/stop',
    ms: graceMs + engine.deadlines.stopExtraMs,
    run: (docker, { signal }) =>
      docker
        .getContainer(encodeURIComponent(container))
        .stop({ t: Math.ceil(graceMs / 1000), abortSignal: signal }),
    onRefusal: (refusal) => (refusal.status === 304 ? Promise.resolve() : undefined),
  });
  for (const pauseMs of LIST_LOOK_AGAIN_MS) {
    if (!(await isListedRunning(engine, container))) return;
    await sleep(pauseMs);
  }
}

/** Not where it runs again by now: the list is right then. */
async function isListedRunning(engine: Engine, container: string): Promise<boolean> {
  // A part of an id finds others, too, and a name is no id.
  const id = FULL_ID.test(container) ? container : (await inspect(engine, container))?.Id;
  if (id === undefined) return false;
  const filters = encodeURIComponent(JSON.stringify({ id: [id], status: ['running'] }));
  const read = { path: `/containers/json?filters=${filters}`, ms: engine.deadlines.listMs };
  if (((await engine.json(read)) as unknown[]).length === 0) return false;
  return (await inspect(engine, id))?.State.Running === false;
}

/** Having the name already is success. Faults: NameTaken, ContainerGone. */
export async function renameContainer(engine: Engine, container: string, name: string): Promise<void> {
  await engine.write<unknown>({
    call: 'POST /containers/rename',
    ms: engine.deadlines.writeMs,
    run: (docker, { signal }) =>
      docker.getContainer(encodeURIComponent(container)).rename({ name, abortSignal: signal }),
    onRefusal: (refusal, error) => renamedAlready(engine, { container, name, refusal, error }),
  });
}

function renamedAlready(
  engine: Engine,
  asked: { container: string; name: string; refusal: Refusal; error: unknown },
): Promise<void> | undefined {
  if (asked.refusal.status === 400 && /same name/.test(asked.refusal.message)) return Promise.resolve();
  if (asked.refusal.status !== 409) return undefined;
  const look = async () => {
    const [holder, meant] = await Promise.all([
      inspect(engine, asked.name),
      inspect(engine, asked.container),
    ]);
    if (holder !== null && holder.Id === meant?.Id) return;
    throw nameTaken(engine, { name: asked.name, holder, error: asked.error });
  };
  return look();
}

/** With its anonymous volumes, killing it if it runs. Resolves when it is gone, also when it was before. */
export async function removeContainer(engine: Engine, container: string): Promise<void> {
  await engine.write<unknown>({
    call: 'DELETE /containers',
    ms: engine.deadlines.writeMs,
    run: (docker, { signal }) =>
      docker
        .getContainer(encodeURIComponent(container))
        .remove({ force: true, v: true, abortSignal: signal }),
    onRefusal(refusal) {
      if (refusal.status === 404) return Promise.resolve();
      const leaving = refusal.status === 409 && /already in progress/.test(refusal.message);
      return leaving ? awaitGone(engine, container) : undefined;
    },
  });
}

/** Its name is free only when it is gone, and a create may come right after. */
async function awaitGone(engine: Engine, container: string): Promise<void> {
  const { writeMs } = engine.deadlines;
  for (let waitedMs = 0; waitedMs < writeMs; waitedMs += LOOK_AGAIN_MS) {
    if ((await inspect(engine, container)) === null) return;
    await sleep(LOOK_AGAIN_MS);
  }
  throw slowFault(writeMs, engine.at('DELETE /containers'));
}

async function inspect(engine: Engine, container: string): Promise<InspectedContainer | null> {
  const path = `/containers/${encodeURIComponent(container)}/json`;
  return (await engine.jsonOrNull({ path, ms: engine.deadlines.readMs })) as InspectedContainer | null;
}
