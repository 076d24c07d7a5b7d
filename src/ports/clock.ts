// Time and chance, injected so that tests own them.

export interface Clock {
  nowMs(): number;
  /** Resolves after the time, rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** 0 ≤ x < 1, for jitter. */
  random(): number;
}
