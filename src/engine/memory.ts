// What only this process knows: gates that were passed and what our own probes saw. Lost with it, on the safe side.
import type { ProbeVerdict } from '../model/world.ts';

export interface Memory {
  facts: Set<string>;
  probes: Map<string, ProbeVerdict>;
  /** Spec hashes per unit whose deploy succeeded. */
  proven: Map<string, Set<string>>;
  /** Forgets what belongs to containers that are gone. */
  keepOnly(containerIds: ReadonlySet<string>): void;
}

export function createMemory(): Memory {
  const facts = new Set<string>();
  const probes = new Map<string, ProbeVerdict>();
  return {
    facts,
    probes,
    proven: new Map(),
    keepOnly(ids) {
      for (const fact of facts) if (!ids.has(fact.slice(fact.indexOf(':') + 1))) facts.delete(fact);
      for (const id of probes.keys()) if (!ids.has(id)) probes.delete(id);
    },
  };
}
