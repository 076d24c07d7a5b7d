// Copies files out of a container that need not run, as a tar stream.
import { isFault } from '../../model/errors.ts';
import type { Engine } from './engine.ts';

/** Engine API `GET /containers/{id}/archive`. A link at the path comes as a link; links on the way stay in the container. */
export async function readArchive<T>(
  engine: Engine,
  container: string,
  { path, use }: { path: string; use: (archive: NodeJS.ReadableStream) => Promise<T> },
): Promise<T | null> {
  const query = new URLSearchParams({ path });
  try {
    return await engine.stream(
      {
        path: `/containers/${encodeURIComponent(container)}/archive?${query}`,
        ms: engine.deadlines.idleMs,
        connection: 'own',
      },
      (response) => use(response),
    );
  } catch (error) {
    if (isFault(error) && error.reason === 'ContainerGone') return null;
    throw error;
  }
}
