// Whether a build fills more of the disk than it may: looked at while it runs, for nothing else would stop it.
import { isFault } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ContainerRuntime } from '../../ports/container-runtime.ts';

const LOOK_EVERY_MS = 1_000;
/** To tell, the engine walks the files: that takes at most so large a part of the time. */
const SHARE = 10;

export interface DiskWatch {
  /** Resolves to why the build ends, else null; at once where it is not yet time to look again. */
  look(): Promise<string | null>;
}

export function watchDisk(
  { container, volumes, most }: { container: string; volumes: readonly string[]; most: number },
  { runtime, clock }: { runtime: Pick<ContainerRuntime, 'writtenBytes'>; clock: Pick<Clock, 'nowMs'> },
): DiskWatch {
  let nextMs = clock.nowMs();
  return {
    async look() {
      const startedMs = clock.nowMs();
      if (startedMs < nextMs) return null;
      const written = await runtime.writtenBytes(container, { volumes }).catch((error: unknown) => {
        // An engine that does not tell now is asked again; the time of the build is limited as well.
        if (!isFault(error)) throw error;
        return null;
      });
      nextMs = clock.nowMs() + Math.max(LOOK_EVERY_MS, (clock.nowMs() - startedMs) * SHARE);
      if (written === null || written <= most) return null;
      const kept =
        volumes.length === 0
          ? ''
          : `, what ${volumes.join(' and ')} keep${volumes.length === 1 ? 's' : ''} among it`;
      return `filled more than the ${Math.round(most / 1e6)} MB of disk that it has${kept}`;
    },
  };
}
