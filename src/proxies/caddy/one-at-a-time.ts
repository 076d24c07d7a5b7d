// One write at a time: each change of Caddy's configuration is made from what was read right before it.

export function createOneAtATime(): <T>(signal: AbortSignal, run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (signal, run) => {
    const mine = last.then(() => {
      signal.throwIfAborted();
      return run();
    });
    // Whoever comes next waits for the end, whatever it is.
    last = mine.catch(() => undefined);
    return mine;
  };
}
