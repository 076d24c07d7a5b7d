// Whether we run in a container of an engine of ours, what it has of the machine, and whether its network is its own.
import { readOwnContainer } from '../adapters/machine/own-container.ts';
import type { OwnMount } from '../core/host-path.ts';
import type { ContainerRuntime } from '../ports/container-runtime.ts';

export interface OwnPlace {
  /** Null outside of containers, and until `find` has looked. */
  readonly mounts: readonly OwnMount[] | null;
  /** `elsewhere`: not in a container of that engine. Never rejects: an engine that is away is asked again later. */
  find(
    runtime: Pick<ContainerRuntime, 'inspectContainer'>,
  ): Promise<'elsewhere' | 'own network' | 'host network'>;
}

export function createOwnPlace(container: string | null = readOwnContainer()): OwnPlace {
  let mounts: readonly OwnMount[] | null = null;
  return {
    get mounts() {
      return mounts;
    },
    async find(runtime) {
      if (container === null) return 'elsewhere';
      const facts = await runtime.inspectContainer(container).catch(() => null);
      if (facts === null) return 'elsewhere';
      mounts = facts.mounts;
      return facts.onHostNetwork ? 'host network' : 'own network';
    },
  };
}
