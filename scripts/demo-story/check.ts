// `npm run demo -- --check`: plays the whole story and says how each chapter went.

import { chapters } from './chapters.ts';
import { type Scene, type SceneOptions, setScene } from './scene.ts';

/** Throws at the first chapter that does not come true; the controller's log ends in the error then. */
export async function check(options: Omit<SceneOptions, 'name' | 'poll'>): Promise<void> {
  const { talk, signal } = options;
  const startedAt = performance.now();
  const scene = await setScene({ ...options, name: 'demo-check', poll: '1h' });
  const told = chapters.filter(({ needsProxy }) => needsProxy === undefined || scene.proxy !== undefined);
  for (const chapter of told) {
    signal.throwIfAborted();
    await talk.step(chapter.title, () => played(scene, () => chapter.play(scene)));
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  talk.say(`All ${told.length} chapters came true (${seconds} s).`);
}

async function played(scene: Scene, play: () => Promise<void>): Promise<void> {
  try {
    await play();
  } catch (error) {
    if (scene.signal.aborted) throw error;
    const log = await scene.controller.log();
    throw new Error(
      `${error instanceof Error ? error.message : String(error)}\nThe controller's log ends so:\n${log}`,
      {
        cause: error,
      },
    );
  }
}
