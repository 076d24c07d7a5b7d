// Races a call against our own timer: dockerode never settles when an answer is cut, and no signal of its own helps.

export interface Scope {
  /** Aborted when the time is up, so that the socket is freed. */
  signal: AbortSignal;
  /** Something moved: the time starts again. */
  touch(): void;
}

/**
 * Settles at the latest after `ms` without a `touch`, with what `onLate` makes, or with the reason of the caller's
 * signal. The work itself may never settle, so what becomes of it then is ignored.
 */
export async function within<T>(
  options: { ms: number; onLate: () => Error; signal?: AbortSignal | undefined },
  work: (scope: Scope) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const ours = new AbortController();
  const giveUp = Promise.withResolvers<never>();
  function stop(reason: unknown): void {
    giveUp.reject(reason);
    ours.abort(reason);
  }
  const timer = setTimeout(() => stop(options.onLate()), options.ms);
  const onAbort = () => stop(options.signal?.reason);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const scope = { signal: ours.signal, touch: () => void timer.refresh() };
    return await Promise.race([work(scope), giveUp.promise]);
  } catch (error) {
    // Whatever else the work had begun (an upload beside its answer) ends with it.
    ours.abort(error);
    throw error;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
  }
}
