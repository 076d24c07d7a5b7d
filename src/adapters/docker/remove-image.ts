// Removes one image, and only where nobody uses it.
import type { Engine } from './engine.ts';

/**
 * By its id. The engine says 409 for one that a container uses, even a stopped one, and for one that several
 * repositories name, which force would untag everywhere (docker/docs, `docker image rm`): it stays then.
 */
export async function removeImage(engine: Engine, image: string): Promise<void> {
  await engine.write<unknown>({
    call: 'DELETE /images',
    ms: engine.deadlines.writeMs,
    run: (docker, { signal }) =>
      docker.getImage(encodeURIComponent(image)).remove({ abortSignal: signal } as object),
    onRefusal: ({ status }) => (status === 404 || status === 409 ? Promise.resolve() : undefined),
  });
}
