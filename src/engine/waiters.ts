// Who waits until what they changed was seen and carried out: they are let go after a pass that began after they came.

export interface Waiters {
  /** `after` is the number of the newest pass that has begun; no units means all. */
  wait(options: { after: number; units: readonly string[]; signal: AbortSignal }): Promise<void>;
  /** `ended` is the number of the pass that has ended. */
  release(ended: number, isAtRest: (units: readonly string[]) => boolean): void;
}

export function createWaiters(): Waiters {
  let waiting: { after: number; units: readonly string[]; resolve: () => void }[] = [];
  return {
    wait: ({ after, units, signal }) =>
      new Promise((resolve, reject) => {
        const entry = { after, units, resolve };
        waiting.push(entry);
        const leave = (): void => {
          waiting = waiting.filter((other) => other !== entry);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', leave, { once: true });
      }),
    release(ended, isAtRest) {
      const free = waiting.filter(({ after, units }) => ended > after && isAtRest(units));
      waiting = waiting.filter((entry) => !free.includes(entry));
      for (const entry of free) entry.resolve();
    },
  };
}
