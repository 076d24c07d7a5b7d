// What the chapters look at: which containers of a unit run, and a roll-out until it is over.
import type { SeenContainer } from './engine-view.ts';
import type { Scene } from './scene.ts';
import { waitFor } from './wait-for.ts';

export interface Chapter {
  readonly title: string;
  /** Left out where the demo goes without routes. */
  readonly needsProxy?: true;
  /** Throws when the world does not become as the title says. */
  play(scene: Scene): Promise<void>;
}

export function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

export async function running({ view }: Scene, unit: string): Promise<readonly SeenContainer[]> {
  return (await view.containers(unit)).filter(({ state }) => state === 'running');
}

export function sameContainers(one: readonly SeenContainer[], other: readonly SeenContainer[]): boolean {
  const ids = (containers: readonly SeenContainer[]) =>
    containers
      .map(({ id }) => id)
      .sort()
      .join();
  return ids(one) === ids(other);
}

/** Looks until all that runs has that image; answers with the fewest that ran at any look. */
export async function watchRollOut(scene: Scene, unit: string, image: string): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY;
  await waitFor({
    what: `${unit} to run ${image} alone`,
    signal: scene.signal,
    look: async () => {
      const all = await running(scene, unit);
      fewest = Math.min(fewest, all.length);
      return all.length > 0 && all.every((container) => container.image === image);
    },
  });
  return fewest;
}
