// One write at a time for each proxy: a change is made from what was read right before it, and a bad one beside good ones
// may take the good ones offline too.

/** By address: two providers of one process for the same instance wait for each other. */
const lines = new Map<string, Promise<unknown>>();

/** Whether anybody writes to it, or waits to. */
export function isAtWork(url: string): boolean {
  return lines.has(url);
}

/** Waits for those before it, then runs. Rejects with the signal's reason where that comes first. */
export async function oneAtATime<T>(
  url: string,
  { signal, run }: { signal: AbortSignal; run: () => Promise<T> },
): Promise<T> {
  const before = lines.get(url) ?? Promise.resolve();
  const mine = before.then(async () => {
    signal.throwIfAborted();
    return await run();
  });
  // Whoever comes next waits for the end, whatever it is.
  const settled = mine.catch(() => undefined);
  lines.set(url, settled);
  void settled.then(() => {
    if (lines.get(url) === settled) lines.delete(url);
  });
  return await mine;
}
