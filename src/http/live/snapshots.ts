// What pages looked like at which point: so that a tab which comes back gets the difference, not everything.
import type { PartKeys } from './part-keys.ts';

const MOST = 50;

export interface Snapshots {
  save(address: string, seq: number, keys: PartKeys): void;
  /** Null when it was too long ago. */
  at(address: string, seq: number): PartKeys | null;
}

export function createSnapshots(): Snapshots {
  const saved = new Map<string, PartKeys>();
  const nameOf = (address: string, seq: number) => `${seq} ${address}`;
  return {
    save(address, seq, keys) {
      const name = nameOf(address, seq);
      saved.delete(name);
      saved.set(name, keys);
      const [oldest] = saved.keys();
      if (saved.size > MOST && oldest !== undefined) saved.delete(oldest);
    },
    at: (address, seq) => saved.get(nameOf(address, seq)) ?? null,
  };
}
