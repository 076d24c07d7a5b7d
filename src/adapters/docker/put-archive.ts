// Copies files into a container that need not run, as a tar stream.
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Fault, fault, isFault } from '../../model/errors.ts';
import type { Engine } from './engine.ts';
import { quotable, shown } from './refusal.ts';

/**
 * May take as long as the upload moves. Faults: ContainerGone, ArchiveUnreadable, and the general ones; a fault of the
 * archive's own source is passed on.
 */
export async function putArchive(
  engine: Engine,
  container: string,
  { path, archive }: { path: string; archive: NodeJS.ReadableStream },
): Promise<void> {
  let unreadable: Fault | null = null;
  archive.on('error', (error) => {
    unreadable = unreadableFault(container, error);
  });
  await engine.write<void>({
    call: 'PUT /containers/archive',
    ms: engine.deadlines.idleMs,
    async run(docker, { signal, touch }) {
      const body = new Transform({
        transform(chunk, _encoding, done) {
          touch();
          done(null, chunk);
        },
      });
      const options = { path, abortSignal: signal };
      const sent = docker.getContainer(encodeURIComponent(container)).putArchive(body, options);
      try {
        await Promise.all([pipeline(archive, body, { signal }), sent]);
      } catch (error) {
        throw unreadable ?? error;
      }
    },
  });
}

function unreadableFault(container: string, error: Error): Fault {
  if (isFault(error)) return error;
  return fault({
    code: 'ARCHIVE_UNREADABLE',
    reason: 'ArchiveUnreadable',
    message: `the files for container ${shown(container)} could not be read ("${quotable(error.message)}")`,
    hint: 'Look at the files in the source; they may be changing at this moment.',
    disposition: 'retry',
    cause: error,
  });
}
