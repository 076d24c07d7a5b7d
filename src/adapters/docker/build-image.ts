// Has the engine build an image with its own builder, and tells what went wrong: the content, or an image it begins from.
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Fault, fault, isFault } from '../../model/errors.ts';
import type { ImageBuild } from '../../ports/container-runtime.ts';
import { createBuildLines } from './build-lines.ts';
import type { Engine } from './engine.ts';
import { readBody } from './engine-http.ts';
import { engineFault, slowFault } from './faults.ts';
import { createJsonLines } from './json-lines.ts';
import { quotable } from './refusal.ts';

/** A step may say nothing for as long as it works. */
const LONGEST_SILENCE_MS = 24 * 3_600_000;

/** Engine API `POST /build`, version 1: BuildKit knows no limit of memory, and no build that is given up. */
export async function buildImage(engine: Engine, request: ImageBuild): Promise<void> {
  const lines = createBuildLines(request.onLine);
  let unreadable: Fault | null = null;
  request.archive.on('error', (error) => {
    if (isFault(error)) unreadable = error;
  });
  try {
    await engine.write<void>({
      call: 'POST /build',
      ms: LONGEST_SILENCE_MS,
      signal: request.signal,
      async run(docker, { signal }) {
        const body = new Transform({ transform: (chunk, _encoding, done) => done(null, chunk) });
        const sent = pipeline(request.archive, body, { signal });
        const answered = docker.buildImage(body, { ...queryOf(request), abortSignal: signal });
        // A refusal comes while the rest is still on its way.
        const [response] = await Promise.all([answered, sent.catch((error) => Promise.reject(error))]);
        await readBody(response as IncomingMessage, {
          ms: LONGEST_SILENCE_MS,
          onLate: () => slowFault(LONGEST_SILENCE_MS, engine.at('POST /build')),
          onChunk: createJsonLines(lines.take),
        });
      },
      onRefusal: ({ status, message }) =>
        // 500 is what it says of a Dockerfile that is not in the archive.
        status === 400 || /Dockerfile/i.test(message)
          ? Promise.reject(failed(quotable(message), []))
          : undefined,
    });
  } catch (error) {
    throw unreadable ?? error;
  }
  const failure = lines.failure();
  if (failure === null) return;
  throw failure.isFromElsewhere ? baseFault(failure.what, engine) : failed(failure.what, failure.last);
}

function queryOf(request: ImageBuild): Record<string, unknown> {
  const { image, dockerfile, args, labels, target, network, platform, memoryBytes } = request;
  return {
    version: '1',
    t: image,
    dockerfile,
    rm: true,
    forcerm: true,
    nocache: request.noCache,
    buildargs: { ...args },
    labels: { ...labels },
    networkmode: network,
    memory: memoryBytes,
    // No more by swapping.
    memswap: memoryBytes,
    ...(target === null ? {} : { target }),
    ...(platform === null ? {} : { platform }),
    ...(request.shmSizeBytes === null ? {} : { shmsize: request.shmSizeBytes }),
  };
}

function failed(what: string, last: readonly string[]): Fault {
  return fault({
    code: 'BUILD_FAILED',
    reason: 'BuildFailed',
    message: what,
    hint: 'Its log is kept with the deploy; a change of what it is built from tries again.',
    disposition: 'version',
    evidence: [...last],
  });
}

function baseFault(what: string, { host }: Engine): Fault {
  return fault({
    code: 'IMAGE_PULL_FAILED',
    reason: 'ImagePullFailed',
    message: `engine ${host} could not get what the image begins from: ${what}`,
    hint: 'Check the name after FROM, and whether that machine reaches its registry. Of a private one, it builds on what the engine has.',
    disposition: 'retry',
  });
}

/** One more name, as `docker tag`. */
export async function tagImage(engine: Engine, image: string, name: string): Promise<void> {
  const at = name.lastIndexOf(':');
  const hasTag = at > name.lastIndexOf('/');
  const repo = hasTag ? name.slice(0, at) : name;
  const tag = hasTag ? name.slice(at + 1) : 'latest';
  await engine.write<unknown>({
    call: 'POST /images/tag',
    ms: engine.deadlines.writeMs,
    run: (docker, { signal }) =>
      docker.getImage(encodeURIComponent(image)).tag({ repo, tag, abortSignal: signal }),
    onRefusal: ({ status }, error) =>
      status === 404
        ? Promise.reject(
            fault({
              code: 'IMAGE_MISSING',
              reason: 'ImageMissing',
              message: `engine ${engine.host} does not have the image ${image}`,
              hint: 'Nothing to do: it is made again in the next pass.',
              disposition: 'retry',
              cause: engineFault(error, engine.at('POST /images/tag')),
            }),
          )
        : undefined,
  });
}
