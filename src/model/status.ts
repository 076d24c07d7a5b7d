// What is told about a unit: folded once after each pass, read by CLI, API, page and metrics.
import type { Outcome } from './outcome.ts';
import type { UnitHealth } from './plan.ts';
import type { Problem } from './problem.ts';
import type { Place, UnitRef } from './unit.ts';

export interface UnitStatus extends UnitRef {
  app: string | null;
  outcome: Outcome;
  /** Stable and CamelCase: `Unhealthy`, `DependencyNotReady`. */
  reason: string;
  /** One sentence with the reason, for people. */
  sentence: string;
  runs: string | null;
  wants: string | null;
  health: UnitHealth;
  strategy: string | null;
  domains: string[];
  dependsOn: string[];
  place: Place | null;
  source: string | null;
  lastAttemptedRevision: string | null;
  lastAppliedRevision: string | null;
  digest: string | null;
  specHash: string | null;
  problems: Problem[];
  /** What it waits for or when it is tried again; null where nothing is due. */
  next: string | null;
  /** Since when the outcome is what it is. */
  sinceMs: number;
  /** Last time anything was done to it; null for never. */
  changedMs: number | null;
  /** The running deploy, if any. */
  deployId: number | null;
}

export interface SourceStatus {
  name: string;
  type: 'git' | 'directory';
  /** Without user info. */
  address: string;
  revision: string | null;
  ref: string | null;
  commit: { author: string; subject: string; atMs: number } | null;
  /** Last time it was read well. */
  fetchedMs: number | null;
  problem: Problem | null;
  /** Problems of its files. */
  problems: number;
}

export interface EngineStatus {
  name: string;
  reachable: boolean;
  version: string | null;
  apiVersion: string | null;
  containers: number;
  problem: Problem | null;
}

/** The whole, as the page and `status` show it. */
export interface Overview {
  controller: string;
  version: string;
  passId: string | null;
  lastPassMs: number | null;
  units: UnitStatus[];
  sources: SourceStatus[];
  engines: EngineStatus[];
  problems: Problem[];
  orphans: { unit: string; why: string; containers: string[] }[];
}
