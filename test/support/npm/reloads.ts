// Reloads that come some time after they were ordered, may be held back by a test, and can be waited for.
import { until } from '../real/until.ts';
import { acceptingWorkers, accepts } from './workers.ts';

export interface Reloads {
  /** A HUP after the delay; at once when released, where they are held. */
  order(): void;
  /** Reloads that are ordered from now on wait for `release`. */
  hold(): void;
  release(): void;
  /** Waits until every ordered reload is done and no worker from before it takes connections. */
  settled(): Promise<void>;
  /** Forgets what was ordered. */
  cancel(): void;
}

/** `master` is nginx's process; `send` hands it the HUP. */
export function createReloads(options: {
  readonly master: number;
  readonly delayMs: () => number;
  readonly send: () => Promise<void>;
}): Reloads {
  const { master, delayMs, send } = options;
  const timers = new Set<NodeJS.Timeout>();
  let leaving: readonly number[] = [];
  let sending = Promise.resolve();
  let held: 'no' | 'yes' | 'with orders' = 'no';
  const fire = () => {
    leaving = [...leaving, ...acceptingWorkers(master)];
    sending = sending.then(send);
  };
  const later = () => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      fire();
    }, delayMs());
    timers.add(timer);
  };
  return {
    order() {
      if (held === 'no') later();
      else held = 'with orders';
    },
    hold() {
      if (held === 'no') held = 'yes';
    },
    release() {
      if (held === 'with orders') fire();
      held = 'no';
    },
    async settled() {
      await until({
        what: 'the old workers of nginx to take no more connections',
        everyMs: 10,
        async look() {
          if (timers.size > 0 || held === 'with orders') return false;
          await sending;
          leaving = leaving.filter(accepts);
          return leaving.length === 0 && acceptingWorkers(master).length > 0;
        },
      });
    },
    cancel() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      held = 'no';
    },
  };
}
