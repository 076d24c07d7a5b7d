// A plan is a value: what it prints is what will be done.
import type { Action } from './action.ts';
import type { Problem } from './problem.ts';
import type { Hold } from './revision.ts';
import type { UnitId, WorkloadKind } from './unit.ts';

/** Why a unit changes: somebody changed the wish, or reality moved away from it. */
export interface Cause {
  type: 'create' | 'change' | 'drift' | 'remove' | 'rollback' | 'cleanup' | 'adopt' | 'rename';
  /** `tag 2.1.3 → 2.1.4`, `container was stopped (exit 137)`. */
  text: string;
}

export interface UnitPlan {
  unit: UnitId;
  kind: WorkloadKind;
  host: string;
  cause: Cause | null;
  /** `blue-green`, `recreate`, `compose`; null when nothing is rolled out. */
  strategy: string | null;
  /** Expected time without service in milliseconds, with the reason; null when none is expected. */
  downtime: { ms: number; why: string } | null;
  actions: Action[];
  /** Set where nothing may be done although something is wanted; `wait` ends by itself. */
  blocked: { problem: Problem; wait: boolean } | null;
  /** Things to tell that do not stop anything, such as a route without a proxy. */
  notices: Problem[];
  /** What people call the versions. */
  runs: string | null;
  wants: string | null;
  /** The generation that is wanted. */
  generation: { specHash: string; digest: string } | null;
  /** How the live containers are, folded to the worst. */
  health: UnitHealth;
  /** This generation failed before, so what it still lacks is not done: it is not as declared, however well it runs. */
  givenUp?: true;
  /** Set while a person's rollback stands in for the wish. */
  hold?: Hold | null;
  /** What happens if the new version is not healthy, told before. */
  onFailure: string | null;
}

export interface UnitHealth {
  status: 'healthy' | 'starting' | 'unhealthy' | 'unknown' | 'none';
  ready: number;
  total: number;
  /** Why it is not well, in words. */
  detail: string | null;
}

export interface Plan {
  /** Revisions by source, as they were read. */
  revisions: Record<string, string | null>;
  units: UnitPlan[];
  /** Containers with our labels that no manifest names and that are not removed. */
  orphans: { unit: UnitId; why: string; containers: string[] }[];
  problems: Problem[];
}
