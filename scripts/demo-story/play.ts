// `npm run demo`: sets the scene, tells what happens as it happens, and says what to try, until Ctrl-C.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventView } from './api.ts';
import { type Scene, type SceneOptions, setScene } from './scene.ts';
import { awaitUnit, nas, units } from './units.ts';
import { whatToTry } from './what-to-try.ts';

const lookEveryMs = 300;

/** Resolves when the signal is aborted after everything has come up. */
export async function play(options: Omit<SceneOptions, 'name' | 'poll'>): Promise<void> {
  const { talk, signal } = options;
  const scene = await setScene({ ...options, name: 'demo', poll: '15s' });
  talk.say('\nWhat happens, as it happens:');
  const enough = new AbortController();
  const telling = tellEvents(scene, AbortSignal.any([signal, enough.signal]));
  try {
    for (const unit of [...Object.values(units), ...(scene.proxy === undefined ? [] : [nas])])
      await awaitUnit(scene, unit, ({ outcome }) => outcome === 'converged');
    const status = await scene.controller.command('status', '--all');
    talk.say('\nEverything is as declared:');
    talk.show(status.stdout);
    talk.say(`\n${await whatToTry(scene)}\n`);
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    enough.abort();
    await telling;
  }
}

/** Prints each new line of the diary until the signal; a look that fails is made again. */
async function tellEvents({ controller, talk }: Scene, signal: AbortSignal): Promise<void> {
  let lastId = 0;
  while (!signal.aborted) {
    const events = await controller.api.events().catch((): readonly EventView[] => []);
    for (const event of events.toReversed().filter(({ id }) => id > lastId)) {
      lastId = event.id;
      talk.show(`${event.at.slice(11, 19)}  ${event.unit === null ? '' : `${event.unit}  `}${event.message}`);
    }
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}
