// Follows an engine's events for ever: one stream, a ping beside it, and a new stream when either fails.
import type { ControllerNames } from '../../core/controller-names.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ContainerRuntime } from '../../ports/container-runtime.ts';
import type { Log } from '../../ports/log.ts';
import type { Engine } from './engine.ts';
import { type EventLine, eventsPath, readEvent } from './engine-event.ts';
import { cutError, readBody } from './engine-http.ts';
import { createJsonLines } from './json-lines.ts';

const FOR_EVER_MS = 2 ** 31 - 1;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;
/** The replay overlaps by this much. */
const OVERLAP_MS = 1_000;
/** A frozen engine keeps its connections open: only unanswered pings tell. */
const MISSES_ALLOWED = 2;

type Handlers = Parameters<ContainerRuntime['watch']>[0];

/** Returns the stop, which resolves when nothing calls back any more. */
export function watch(
  engine: Engine,
  options: ControllerNames & { clock: Clock; log: Log | undefined; handlers: Handlers },
): () => Promise<void> {
  const { clock, log, handlers } = options;
  const stop = new AbortController();
  let lastMs = clock.nowMs();

  /** Never resolves: rejects with why the stream ended. */
  async function follow(onOpen: () => void): Promise<void> {
    const stream = new AbortController();
    const ended = new AbortController();
    const signal = AbortSignal.any([stop.signal, stream.signal]);
    const read = { path: eventsPath(lastMs - OVERLAP_MS), ms: engine.deadlines.listMs, signal };
    await engine.stream({ ...read, connection: 'own' }, async (response, { onLate }) => {
      onOpen();
      heartbeat(AbortSignal.any([signal, ended.signal])).then((error) => {
        if (error !== undefined) stream.abort(error);
      });
      const onChunk = createJsonLines((value) => {
        const line = value as EventLine;
        lastMs = Math.max(lastMs, Math.floor((line.timeNano ?? 0) / 1e6));
        const event = readEvent(line, options);
        if (event !== null) handlers.onEvent(event);
      });
      try {
        await readBody(response, { ms: FOR_EVER_MS, onLate, onChunk });
        // An engine that stops may end its streams properly; for us that is the same as a cut.
        throw cutError();
      } finally {
        ended.abort();
      }
    });
  }

  /** Resolves with what went wrong, when two pings in a row did, or with undefined at the signal. */
  async function heartbeat(signal: AbortSignal): Promise<unknown> {
    let misses = 0;
    while (!signal.aborted) {
      try {
        await clock.sleep(engine.deadlines.pingEveryMs * (0.9 + 0.2 * clock.random()), signal);
      } catch {
        return undefined;
      }
      try {
        await engine.ping();
        misses = 0;
      } catch (error) {
        misses++;
        if (misses >= MISSES_ALLOWED) return error;
      }
    }
    return undefined;
  }

  async function run(): Promise<void> {
    let failures = 0;
    let away = false;
    while (!stop.signal.aborted) {
      try {
        await follow(() => {
          handlers.onGap(away ? `engine ${engine.host} answers again` : `listening to engine ${engine.host}`);
          failures = 0;
          away = false;
        });
      } catch (error) {
        if (stop.signal.aborted) return;
        engine.forgetVersion();
        failures++;
        if (!away) {
          away = true;
          log?.warn('engine events lost', { host: engine.host, error });
          handlers.onAway(error instanceof Error ? error : new Error(String(error)));
        }
        const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
        await clock.sleep(delayMs * (0.5 + clock.random() / 2), stop.signal).catch(() => undefined);
      }
    }
  }

  const running = run();
  return async () => {
    stop.abort();
    await running;
  };
}
