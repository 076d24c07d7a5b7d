// What only this process knows: gates that were passed and what our own probes saw. Lost with it, on the safe side.
import { isTargetVerdict } from '../core/route/facts.ts';
import type { ProbeVerdict } from '../model/world.ts';

export interface UnitVerdict extends ProbeVerdict {
  unit: string;
  /** Bad answers in a row. */
  failures?: number;
}

/** A version that took over a short while ago, and by which deploy. */
export interface Probation {
  specHash: string;
  digest: string;
  release: string;
  deployId: number;
  sinceMs: number;
}

export interface Memory {
  facts: Set<string>;
  probes: Map<string, UnitVerdict>;
  /** After work on a unit its bad verdicts are old: it is asked anew before the next plan. */
  doubt(unit: string): void;
  /** Spec hashes per unit whose deploy succeeded. */
  proven: Map<string, Set<string>>;
  /** Ids of images whose removal was tried: whoever still uses one keeps it. */
  triedImages: Set<string>;
  /** Units whose new version took over a short while ago. */
  probation: Map<string, Probation>;
  /** Deploys that ended as they could not go on, by unit: one that is tried again is still the same one. */
  stuck: Map<string, number>;
  /** The diary was asked, once, who was on probation before this process. */
  isProbationRead: boolean;
  /** Who wants to be on which network, by the newest wish; undefined before the first one is read. */
  members: ReadonlyMap<string, readonly string[]> | undefined;
  /** A container that was stopped has to show everything again when it comes back: its health, its route, its drain. */
  forget(containerId: string): void;
  /** Forgets what belongs to other containers. */
  keepOnly(containerIds: ReadonlySet<string>): void;
}

export function createMemory(): Memory {
  const facts = new Set<string>();
  const probes = new Map<string, UnitVerdict>();
  return {
    facts,
    probes,
    proven: new Map(),
    triedImages: new Set(),
    probation: new Map(),
    stuck: new Map(),
    isProbationRead: false,
    members: undefined,
    doubt(unit) {
      for (const [id, verdict] of probes) if (verdict.unit === unit && !verdict.ok) probes.delete(id);
    },
    forget(id) {
      for (const fact of facts) if (fact.endsWith(`:${id}`)) facts.delete(fact);
      probes.delete(id);
    },
    keepOnly(ids) {
      for (const fact of facts) if (!ids.has(fact.slice(fact.indexOf(':') + 1))) facts.delete(fact);
      for (const id of probes.keys()) if (!ids.has(id) && !isTargetVerdict(id)) probes.delete(id);
    },
  };
}
