// Runs one piece of work at a time for many callers, and never lets a caller join work that began before its call.

interface Run {
  stop: AbortController;
  waiters: number;
  done: Promise<void>;
  begin(): void;
}

/**
 * Gives a function that runs `work`. Calls during a run share the one run after it: what made them call may have
 * happened after the running one had looked. A caller whose signal is aborted stops waiting (rejecting with its
 * reason); the work goes on for the others, and is aborted when nobody waits for it any more.
 */
export function createSingleFlight(
  work: (signal: AbortSignal) => Promise<void>,
): (signal: AbortSignal) => Promise<void> {
  let running: Run | null = null;
  let next: Run | null = null;

  function prepare(): Run {
    const stop = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Nobody may be waiting any more when it fails.
    promise.catch(() => undefined);
    const begin = () => {
      Promise.resolve()
        .then(() => (stop.signal.aborted ? undefined : work(stop.signal)))
        .then(resolve, reject)
        .finally(() => {
          running = next;
          next = null;
          running?.begin();
        });
    };
    return { stop, waiters: 0, done: promise, begin };
  }

  return (signal) => {
    if (signal.aborted) return Promise.reject(signal.reason);
    let run = running;
    if (run === null) {
      run = prepare();
      running = run;
      run.begin();
    } else {
      next ??= prepare();
      run = next;
    }
    return wait(run, signal);
  };
}

function wait(run: Run, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const leave = () => {
    run.waiters -= 1;
    if (run.waiters === 0) run.stop.abort(signal.reason);
    reject(signal.reason);
  };
  run.waiters += 1;
  signal.addEventListener('abort', leave, { once: true });
  const settled = (settle: () => void) => () => {
    signal.removeEventListener('abort', leave);
    settle();
  };
  run.done.then(settled(resolve), (error: unknown) => settled(() => reject(error))());
  return promise;
}
