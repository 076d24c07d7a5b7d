// Empties the folder that containers wrote into, also where they wrote as root and the demo is a plain user.
import { rmSync } from 'node:fs';
import { askEngine } from '../local-images/engine-call.ts';
import type { DemoEngine } from './find-engine.ts';
import { demoImages } from './images.ts';
import type { DemoPlace } from './place.ts';

/** Tries it alone first; what is refused is deleted from inside a container, which has the rights of the engine. */
export async function clearFolder(
  place: DemoPlace,
  { socketPath }: Pick<DemoEngine, 'socketPath'>,
): Promise<void> {
  const folder = place.at('data');
  try {
    rmSync(folder, { recursive: true, force: true });
    return;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
  }
  const ask = (method: 'POST' | 'DELETE', path: string, body?: unknown) =>
    askEngine({ socketPath, method, path, ...(body === undefined ? {} : { body }) });
  const { Id } = (await ask('POST', '/containers/create', {
    Image: demoImages.shell,
    Cmd: ['rm', '-rf', '/place/data'],
    HostConfig: { Binds: [`${place.directory}:/place`], NetworkMode: 'none' },
  })) as { readonly Id: string };
  try {
    await ask('POST', `/containers/${Id}/start`);
    await ask('POST', `/containers/${Id}/wait`);
  } finally {
    await ask('DELETE', `/containers/${Id}?force=1`);
  }
  rmSync(folder, { recursive: true, force: true });
}
