// At most N pieces of heavy work at once; of those that wait, whose walk began first goes first.

export interface Semaphore {
  /** A place in the order for one walk: its work goes before that of places that were taken later. */
  place(): Place;
}

export interface Place {
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * In the order of the walks, not of the pieces: forty workloads at once would all be created before one is started, and
 * none would serve before nearly all do.
 */
export function createSemaphore(limit: number): Semaphore {
  let free = limit;
  let places = 0;
  /** By order; the list of a place is in the order its work came. */
  const waiting: { order: number; go: () => void }[] = [];

  function wait(order: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const behind = waiting.findIndex((other) => other.order > order);
    waiting.splice(behind < 0 ? waiting.length : behind, 0, { order, go: resolve });
    return promise;
  }

  function handOver(): void {
    const next = waiting.shift();
    if (next) next.go();
    else free++;
  }

  return {
    place() {
      const order = places++;
      return {
        async run(work) {
          if (free > 0) free--;
          else await wait(order);
          try {
            return await work();
          } finally {
            // Not at once: the walk whose work this was asks for its next piece first.
            setImmediate(handOver);
          }
        },
      };
    },
  };
}
