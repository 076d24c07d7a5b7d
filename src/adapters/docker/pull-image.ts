// Pulls an image: as long as it moves it may take, and what the registry says on the way is told.
import type { IncomingMessage } from 'node:http';
import type { PullProgress } from '../../ports/container-runtime.ts';
import type { Engine } from './engine.ts';
import { readBody } from './engine-http.ts';
import { slowFault } from './faults.ts';
import { explicitImage } from './image-name.ts';
import { createJsonLines } from './json-lines.ts';
import { pullFault } from './pull-fault.ts';
import { createPullProgress, type PullLine } from './pull-progress.ts';

/**
 * Resolves when the engine has the image. Errors come inside the stream, after a 200. Faults: ImagePullFailed,
 * ImagePullDenied, EngineSlow after 60 s without a line, EngineAway when the stream is cut.
 */
export async function pullImage(
  engine: Engine,
  image: string,
  options: { signal: AbortSignal; onProgress: (progress: PullProgress) => void },
): Promise<void> {
  const progress = createPullProgress();
  let problem: string | null = null;
  await engine.write<void>({
    call: 'POST /images/create',
    ms: engine.deadlines.idleMs,
    signal: options.signal,
    async run(docker, { signal, touch }) {
      const stream = await docker.createImage({ fromImage: explicitImage(image), abortSignal: signal });
      const read = createJsonLines((value) => {
        const line = value as PullLine;
        problem ??= line.errorDetail?.message ?? line.error ?? null;
        if (progress.take(line)) options.onProgress(progress.now());
      });
      await readBody(stream as IncomingMessage, {
        ms: engine.deadlines.idleMs,
        onLate: () => slowFault(engine.deadlines.idleMs, engine.at('POST /images/create')),
        onChunk(chunk) {
          touch();
          read(chunk);
        },
      });
    },
    onRefusal: (refusal, error) =>
      refusal.status === 304
        ? undefined
        : Promise.reject(pullFault(engine, { image, message: refusal.message, error })),
  });
  if (problem !== null) throw pullFault(engine, { image, message: problem, error: null });
}
