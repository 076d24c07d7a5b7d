// Images of a fake engine: built from a tar stream, named, and removed where nobody needs them.
import type { ImageBuild } from '../../src/ports/container-runtime.ts';
import { readTar } from './fake-runtime-archive.ts';
import { engineFault } from './fake-runtime-faults.ts';
import { type FakeState, findImage, nextId } from './fake-runtime-state.ts';

/** `FROM` an image that is here or can be pulled, or `scratch`; `RUN exit N` and `COPY` of a file that is not there fail. */
export async function buildImage(state: FakeState, request: ImageBuild): Promise<void> {
  const files = await readTar(request.archive, '/');
  request.signal.throwIfAborted();
  const text = files.get(`/${request.dockerfile}`)?.content;
  if (text === undefined) throw failed(`Cannot locate specified Dockerfile: ${request.dockerfile}`);
  const labels: Record<string, string> = {};
  let base = null;
  for (const line of text.split('\n')) {
    const [word = '', ...rest] = line.trim().split(/\s+/);
    if (word === '') continue;
    request.onLine(line.trim());
    if (word === 'FROM' && rest[0] !== 'scratch') {
      base = findImage(state, rest[0] ?? '') ?? null;
      if (base === null)
        throw engineFault('ImagePullFailed', 'retry', `engine local could not get ${rest[0]}`);
    }
    if (word === 'COPY' && !files.has(`/${rest[0]?.replace(/^\.\//, '')}`) && rest[0] !== '.')
      throw failed(`COPY failed: ${rest[0]} is not there`);
    if (word === 'LABEL') labels[rest[0]?.split('=')[0] ?? ''] = rest[0]?.split('=')[1] ?? '';
    if (word === 'RUN' && rest[0] === 'exit' && rest[1] !== '0')
      throw failed(`ended with exit code ${rest[1]}`);
  }
  state.images.set(request.image, {
    ...(base ?? PLAIN),
    id: `sha256:${nextId(state)}`,
    repoDigests: [],
    labels: { ...base?.labels, ...labels, ...request.labels },
  });
}

const PLAIN = {
  hasHealthcheck: false,
  volumes: [],
  exposedPorts: [],
  sizeBytes: 1,
  start: 'runs' as const,
  health: 'healthy' as const,
  log: [],
  ignoresTerm: false,
};

function failed(message: string): Error {
  return engineFault('BuildFailed', 'version', message);
}

export function tagImage(state: FakeState, image: string, name: string): void {
  const found = findImage(state, image);
  if (found === undefined) throw engineFault('ImageMissing', 'retry', `engine local does not have ${image}`);
  state.images.set(name, found);
}

/** By its id where one name has it, or by a name. */
export function removeImage(state: FakeState, image: string): void {
  const isName = state.images.has(image);
  const found = findImage(state, image);
  const names = [...state.images].flatMap(([name, entry]) => (entry.id === found?.id ? name : []));
  const isUsed = [...state.containers.values()].some((entry) => names.includes(entry.image));
  if (isName && (names.length > 1 || !isUsed)) state.images.delete(image);
  else if (!isName && names.length === 1 && !isUsed) for (const name of names) state.images.delete(name);
}
